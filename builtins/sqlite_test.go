package builtins_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// peopleDatabase is a small database.
func peopleDatabase(t testing.TB) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "people.db")
	conn, err := sqlite3.Open(file)
	if err == nil {
		err = errors.Join(conn.Exec("CREATE TABLE people(name TEXT, age INTEGER); INSERT INTO people VALUES ('Ann', 41), ('Bo', 9)"), conn.Close())
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
