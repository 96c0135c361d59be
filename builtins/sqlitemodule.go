package builtins

import (
	"fmt"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/builtins/sqlite"
)

func sqliteModule() Builtin {
	return module("sqlite", "Databases of SQLite, such as browsers keep.",
		function("sqlite.open", sqliteOpen, "database",
			"Reads a database that is held as bytes. It cannot be changed, and a write-ahead log that lies beside it is not part of it.",
			Param{Name: "data", Doc: "the bytes of the file"}))
}

func sqliteOpen(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var d data
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "data", &d); err != nil {
		return nil, err
	}
	db, err := sqlite.Open(bindings.Context(t), []byte(d))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return &Database{db}, nil
}

// Database is the Starlark value of a database. It may be used from several threads at once.
type Database struct{ db *sqlite.DB }

var _ starlark.HasAttrs = (*Database)(nil)

// String says what it is.
func (*Database) String() string { return "<database>" }

// Type is "database".
func (*Database) Type() string { return "database" }

// Freeze does nothing: it cannot be changed.
func (*Database) Freeze() {}

// Truth is always true.
func (*Database) Truth() starlark.Bool { return true }

// Hash fails.
func (*Database) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: database") }

// Attr gives execute, query and tables.
func (d *Database) Attr(name string) (starlark.Value, error) { return databaseAttrs.Get(d, name) }

// AttrNames lists them.
func (*Database) AttrNames() []string { return databaseAttrs.Names() }

// AttrDocs describes them.
func (*Database) AttrDocs() []attrs.Doc { return databaseAttrs.Docs() }

var databaseAttrs = attrs.Table[*Database]{
	"execute": attrs.Method[*Database]("execute(sql, *params)", "gives the rows of a query as tuples; each question mark in it stands for a parameter", databaseExecute),
	"query":   attrs.Method[*Database]("query(sql, *params)", "gives the rows of a query as dicts by the names of the columns", databaseQuery),
	"tables":  attrs.Method[*Database]("tables()", "gives the names of the tables and views", databaseTables),
}

// rows runs the query that a method was called with.
func (d *Database) rows(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) ([]string, [][]starlark.Value, error) {
	var sql string
	if err := starlark.UnpackArgs(b.Name(), args[:min(1, len(args))], kwargs, "sql", &sql); err != nil {
		return nil, nil, err
	}
	params := make([]any, max(0, len(args)-1))
	for i := range params {
		var err error
		if params[i], err = bindings.ToGo(args[i+1]); err != nil {
			return nil, nil, fmt.Errorf("%s: for parameter %d of the query: %w", b.Name(), i+1, err)
		}
	}
	columns, found, err := d.db.Query(bindings.Context(t), sql, params...)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	rows := make([][]starlark.Value, len(found))
	for i, row := range found {
		rows[i] = make([]starlark.Value, len(row))
		for j, v := range row {
			if rows[i][j], err = bindings.FromGo(v); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", b.Name(), err)
			}
		}
	}
	return columns, rows, nil
}

func databaseExecute(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	_, rows, err := attrs.Receiver[*Database](b).rows(t, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	list := make([]starlark.Value, len(rows))
	for i, row := range rows {
		list[i] = starlark.Tuple(row)
	}
	return starlark.NewList(list), nil
}

func databaseQuery(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	columns, rows, err := attrs.Receiver[*Database](b).rows(t, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	list := make([]starlark.Value, len(rows))
	for i, row := range rows {
		dict := starlark.NewDict(len(row))
		for j, v := range row {
			if err := dict.SetKey(starlark.String(columns[j]), v); err != nil {
				return nil, err
			}
		}
		list[i] = dict
	}
	return starlark.NewList(list), nil
}

func databaseTables(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	const tables = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
	_, rows, err := attrs.Receiver[*Database](b).rows(t, b, starlark.Tuple{starlark.String(tables)}, nil)
	if err != nil {
		return nil, err
	}
	names := make([]starlark.Value, len(rows))
	for i, row := range rows {
		names[i] = row[0]
	}
	return starlark.NewList(names), nil
}
