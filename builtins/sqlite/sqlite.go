// Package sqlite reads SQLite databases that are held in memory, as they come from endpoints: browser histories and the
// like. Nothing can be written, and no file of the host can be reached.
//
//	db, err := sqlite.Open(ctx, data)
//	if err != nil { ... }
//	columns, rows, err := db.Query(ctx, "SELECT url FROM urls WHERE visit_count > ?", int64(3))
package sqlite

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/ioutil"
	"github.com/ncruces/go-sqlite3/vfs/readervfs"
)

// DB is a database in memory. It is safe for concurrent use. Each query has the engine for itself, so that nothing is held
// between them but the data.
type DB struct{ data []byte }

// An Error is a query or a database that SQLite refuses.
type Error struct {
	SQL string // empty for the database itself
	Err error
}

// Error names the query and the cause.
func (e *Error) Error() string {
	text := strings.TrimPrefix(e.Err.Error(), "sqlite3: ")
	if e.SQL == "" && e.Err != errNoQuery {
		return "the data is no SQLite database that can be read: " + text
	}
	return fmt.Sprintf("%s, in the query %q", text, e.SQL)
}

// errNoQuery is the cause of a query without text.
var errNoQuery = errors.New("there is no query")

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Kind is "DatabaseError".
func (e *Error) Kind() string { return "DatabaseError" }

// Facts are sql.
func (e *Error) Facts() map[string]any { return map[string]any{"sql": e.SQL} }

// The header of a database. Source: sqlite.org/fileformat2.html, section 1.3.
const (
	magic        = "SQLite format 3\x00"
	writeVersion = 18
	readVersion  = 19
	rollback     = 1 // without a write-ahead log
)

// Open reads a database, whose schema it checks. What its write-ahead log holds, a file beside it, is not part of it.
func Open(ctx context.Context, data []byte) (*DB, error) {
	if !bytes.HasPrefix(data, []byte(magic)) || len(data) < 100 {
		return nil, &Error{Err: errors.New("it does not begin as one")}
	}
	db := &DB{bytes.Clone(data)}
	db.data[writeVersion], db.data[readVersion] = rollback, rollback // there is no log to look for
	_, _, err := db.Query(ctx, "SELECT count(*) FROM sqlite_schema")
	var refused *Error
	if errors.As(err, &refused) {
		return nil, &Error{Err: refused.Err}
	}
	return db, err
}

// mostMemory is what one query may use, besides the data. It is reserved from the start.
const mostMemory = 32 << 20

// connect gives an engine for the data, and the function that ends it. The engine panics when it cannot reserve its memory.
func (db *DB) connect(ctx context.Context) (conn *sqlite3.Conn, end func(), err error) {
	name := rand.Text()
	readervfs.Create(name, ioutil.NewSizeReaderAt(bytes.NewReader(db.data)))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("no memory for the query: %v", r)
		}
		if err != nil {
			readervfs.Delete(name)
		}
	}()
	conn, err = sqlite3.OpenContext(sqlite3.WithMaxMemory(ctx, mostMemory), "file:"+name+"?vfs=reader&mode=ro&immutable=1")
	if err != nil {
		return nil, nil, err
	}
	end = func() {
		readervfs.Delete(name)
		_ = conn.Close() // nothing was written
	}
	return conn, end, conn.SetAuthorizer(authorize)
}

// authorize lets queries read the database and call functions, and nothing else: no other file, no settings, no writing.
func authorize(action sqlite3.AuthorizerActionCode, name, second, _, _ string) sqlite3.AuthorizerReturnCode {
	switch action {
	case sqlite3.AUTH_SELECT, sqlite3.AUTH_READ, sqlite3.AUTH_RECURSIVE:
		return sqlite3.AUTH_OK
	case sqlite3.AUTH_FUNCTION:
		if strings.EqualFold(second, "load_extension") {
			return sqlite3.AUTH_DENY
		}
		return sqlite3.AUTH_OK
	case sqlite3.AUTH_PRAGMA:
		switch strings.ToLower(name) {
		case "table_info", "table_list", "table_xinfo", "index_list", "index_info", "foreign_key_list":
			return sqlite3.AUTH_OK
		}
	}
	return sqlite3.AUTH_DENY
}

// Query runs one query and gives the names of its columns and its rows. Values are nil, int64, float64, string and
// []byte; parameters take the place of question marks. The end of ctx ends it. Its error is an [*Error].
func (db *DB) Query(ctx context.Context, sql string, params ...any) (columns []string, rows [][]any, err error) {
	columns, rows, err = db.query(ctx, sql, params)
	switch {
	case err == nil:
		return columns, rows, nil
	case ctx.Err() != nil:
		return nil, nil, context.Cause(ctx)
	}
	return nil, nil, &Error{sql, err}
}

// query runs one query. The engine panics when it has no memory left.
func (db *DB) query(ctx context.Context, sql string, params []any) (columns []string, rows [][]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the query is too large: %v", r)
		}
	}()
	conn, end, err := db.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer end()
	conn.SetInterrupt(ctx)
	stmt, tail, err := conn.Prepare(sql)
	if err != nil {
		return nil, nil, err
	}
	defer stmt.Close()
	switch {
	case stmt == nil:
		return nil, nil, errNoQuery
	case strings.Trim(tail, " \t\r\n;") != "":
		return nil, nil, errors.New("there is more than one query")
	case stmt.BindCount() != len(params):
		return nil, nil, fmt.Errorf("it has %d parameters, got %d", stmt.BindCount(), len(params))
	}
	for i, p := range params {
		if err := bind(stmt, i+1, p); err != nil {
			return nil, nil, err
		}
	}
	for i := range stmt.ColumnCount() {
		columns = append(columns, stmt.ColumnName(i))
	}
	for stmt.Step() {
		row := make([]any, len(columns))
		for i := range row {
			row[i] = column(stmt, i)
		}
		rows = append(rows, row)
	}
	if err := stmt.Err(); err != nil {
		return nil, nil, err
	}
	return columns, rows, nil
}

func bind(stmt *sqlite3.Stmt, i int, value any) error {
	switch v := value.(type) {
	case nil:
		return stmt.BindNull(i)
	case bool:
		return stmt.BindBool(i, v)
	case int64:
		return stmt.BindInt64(i, v)
	case float64:
		return stmt.BindFloat(i, v)
	case string:
		return stmt.BindText(i, v)
	case []byte:
		return stmt.BindBlob(i, v)
	}
	return fmt.Errorf("parameter %d is a %T, want None, bool, int, float, string or bytes", i, value)
}

func column(stmt *sqlite3.Stmt, i int) any {
	switch stmt.ColumnType(i) {
	case sqlite3.INTEGER:
		return stmt.ColumnInt64(i)
	case sqlite3.FLOAT:
		return stmt.ColumnFloat(i)
	case sqlite3.TEXT:
		return stmt.ColumnText(i)
	case sqlite3.BLOB:
		return stmt.ColumnBlob(i, []byte{})
	}
	return nil
}
