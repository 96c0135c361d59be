package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ncruces/go-sqlite3"

	"github.com/cbscript/cbscript/builtins/sqlite"
)

// database makes one of a script of statements.
func database(t testing.TB, statements string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.db")
	conn, err := sqlite3.Open(file)
	if err == nil {
		err = errors.Join(conn.Exec(statements), conn.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const people = "CREATE TABLE people(name TEXT, age INTEGER, height REAL, photo BLOB, note);" +
	"INSERT INTO people VALUES ('Ann', 41, 1.75, x'0102', NULL), ('Bo', 9, 1.3, x'', 'é');"

func TestQuery(t *testing.T) {
	for _, journal := range []string{"DELETE", "WAL"} {
		db, err := sqlite.Open(t.Context(), database(t, "PRAGMA journal_mode="+journal+";"+people))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			sql     string
			params  []any
			columns []string
			rows    [][]any
		}{
			{"SELECT * FROM people ORDER BY age DESC", nil, []string{"name", "age", "height", "photo", "note"},
				[][]any{{"Ann", int64(41), 1.75, []byte{1, 2}, nil}, {"Bo", int64(9), 1.3, []byte{}, "é"}}},
			{"SELECT name FROM people WHERE age < ? AND name = ?", []any{int64(20), "Bo"}, []string{"name"}, [][]any{{"Bo"}}},
			{"SELECT ?, ?, ?, ?", []any{true, 1.5, []byte("x"), nil}, []string{"?", "?", "?", "?"}, [][]any{{int64(1), 1.5, []byte("x"), nil}}},
			{"SELECT name FROM people WHERE 0;", nil, []string{"name"}, nil},
			{"PRAGMA table_info(people)", nil, []string{"cid", "name", "type", "notnull", "dflt_value", "pk"}, nil},
		} {
			columns, rows, err := db.Query(t.Context(), test.sql, test.params...)
			if err != nil {
				t.Errorf("%s: %v", test.sql, err)
			}
			if strings.HasPrefix(test.sql, "PRAGMA") {
				rows = nil
			}
			if diff := cmp.Diff([]any{test.columns, test.rows}, []any{columns, rows}); diff != "" {
				t.Errorf("%s, %s: -want +got:\n%s", journal, test.sql, diff)
			}
		}
	}
}

// TestNothingElseIsReached holds that a query can neither change anything nor leave the database.
func TestNothingElseIsReached(t *testing.T) {
	db, err := sqlite.Open(t.Context(), database(t, people))
	if err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "outside.db")
	for _, sql := range []string{
		"ATTACH '" + outside + "' AS x", "VACUUM INTO '" + outside + "'", "VACUUM", "CREATE TABLE t(x)", "CREATE TEMP TABLE t(x)",
		"INSERT INTO people VALUES (1, 2, 3, 4, 5)", "DELETE FROM people", "UPDATE people SET age = 1", "DROP TABLE people",
		"PRAGMA temp_store_directory = '/tmp'", "PRAGMA query_only = 0", "SELECT load_extension('x')", "BEGIN", "SAVEPOINT x",
		"SELECT 1; SELECT 2", "", "-- nothing", "SELECT nothing", "SELECT ?",
	} {
		_, _, err := db.Query(t.Context(), sql)
		var refused *sqlite.Error
		if !errors.As(err, &refused) || refused.SQL != sql {
			t.Errorf("%q gives %v, want an Error", sql, err)
		}
	}
	if _, err := os.Stat(outside); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
	if _, _, err := db.Query(t.Context(), "SELECT ?", struct{}{}); err == nil {
		t.Error("a parameter of an odd type was taken")
	}
	if _, rows, err := db.Query(t.Context(), "SELECT count(*) FROM people"); err != nil || rows[0][0] != int64(2) {
		t.Errorf("%v, %v: want 2 rows", rows, err)
	}
}

func TestLimits(t *testing.T) {
	db, err := sqlite.Open(t.Context(), database(t, people))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	const endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
	if _, _, err := db.Query(ctx, endless); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the end of the context", err)
	}
	if _, _, err := db.Query(t.Context(), "SELECT hex(zeroblob(100000000))"); err == nil {
		t.Error("a query had more memory than it may")
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, _, err := db.Query(t.Context(), "SELECT * FROM people"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func FuzzOpen(f *testing.F) {
	f.Add(database(f, people))
	f.Add(database(f, people)[:5000])
	f.Add([]byte("SQLite format 3\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		db, err := sqlite.Open(t.Context(), data)
		if err != nil {
			return
		}
		_, _, _ = db.Query(t.Context(), "SELECT * FROM people") // it must not panic
	})
}

func BenchmarkQuery(b *testing.B) {
	db, err := sqlite.Open(b.Context(), database(b, people))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := db.Query(b.Context(), "SELECT * FROM people"); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleOpen() {
	_, err := sqlite.Open(context.Background(), []byte("no database"))
	fmt.Println(err)
	// Output: the data is no SQLite database that can be read: it does not begin as one
}
