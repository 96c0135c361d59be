package builtins

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/builtins/formula"
	"go.starlark.net/starlark"
)

func csvModule() Builtin {
	text := Param{Name: "text", Doc: "the contents of a file"}
	delimiter := Param{Name: "delimiter", Default: `","`}
	formulas := Param{Name: "formulas", Default: "False",
		Doc: "True leaves cells that a spreadsheet would run as formulas as they are"}
	return module("csv", "Comma-separated values.",
		function("csv.reader", csvReader, "list of lists of strings", "Reads text.", text, delimiter),
		function("csv.DictReader", csvDictReader, "list of dicts",
			"Reads text whose first row names the columns. A row with another number of cells is an error.", text,
			Param{Name: "fieldnames", Default: "None", Doc: "names of the columns, if the text has no such row"}, delimiter),
		function("csv.writer", csvWriter, "writer",
			"Begins a text, to which rows are added. Cells that a spreadsheet would run as formulas get a quote in front.",
			delimiter, formulas),
		function("csv.DictWriter", csvDictWriter, "writer", "Begins a text whose rows are dicts.",
			Param{Name: "fieldnames", Doc: "names of the columns"}, delimiter, formulas),
	)
}

// delimiter is the character between cells.
type delimiter rune

// Unpack implements starlark.Unpacker.
func (d *delimiter) Unpack(v starlark.Value) error {
	s, _ := starlark.AsString(v)
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 || size != len(s) || r == utf8.RuneError || r == '"' || r == '\r' || r == '\n' {
		return fmt.Errorf("got %s, want one character that is no quote or line end", v)
	}
	*d = delimiter(r)
	return nil
}

// names is a list of different strings.
type names []string

// Unpack implements starlark.Unpacker.
func (n *names) Unpack(v starlark.Value) error {
	list, ok := v.(starlark.Iterable)
	if !ok {
		return fmt.Errorf("got %s, want a list of names", v.Type())
	}
	seen := make(map[string]bool)
	var got names
	for e := range starlark.Elements(list) {
		s, ok := starlark.AsString(e)
		if !ok {
			return fmt.Errorf("got %s among the names, want strings", e.Type())
		}
		if seen[s] {
			return fmt.Errorf("the name %q comes twice", s)
		}
		seen[s] = true
		got = append(got, s)
	}
	*n = got
	return nil
}

func readCSV(name, text string, d delimiter) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	r.Comma = rune(d)
	r.FieldsPerRecord = -1
	r.LazyQuotes = false
	rows, err := r.ReadAll()
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad):
		return nil, fmt.Errorf("%s: line %d, column %d: %w", name, bad.Line, bad.Column, bad.Err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rows, nil
}

func csvReader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text data
	d := delimiter(',')
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "text", &text, "delimiter?", &d); err != nil {
		return nil, err
	}
	rows, err := readCSV(b.Name(), string(text), d)
	if err != nil {
		return nil, err
	}
	out := make([]starlark.Value, len(rows))
	for i, row := range rows {
		cells := make([]starlark.Value, len(row))
		for j, cell := range row {
			cells[j] = starlark.String(cell)
		}
		out[i] = starlark.NewList(cells)
	}
	return starlark.NewList(out), nil
}

func csvDictReader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		text   data
		fields names
	)
	d := delimiter(',')
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "text", &text, "fieldnames??", &fields, "delimiter?", &d); err != nil {
		return nil, err
	}
	rows, err := readCSV(b.Name(), string(text), d)
	if err != nil {
		return nil, err
	}
	first := 1
	if fields == nil && len(rows) > 0 {
		header := make([]starlark.Value, len(rows[0]))
		for i, name := range rows[0] {
			header[i] = starlark.String(name)
		}
		if err := fields.Unpack(starlark.NewList(header)); err != nil {
			return nil, fmt.Errorf("%s: first row: %w", b.Name(), err)
		}
		rows, first = rows[1:], 2
	}
	out := make([]starlark.Value, len(rows))
	for i, row := range rows {
		if len(row) != len(fields) {
			return nil, fmt.Errorf("%s: row %d has %d cells, want %d", b.Name(), i+first, len(row), len(fields))
		}
		dict := starlark.NewDict(len(fields))
		for j, name := range fields {
			if err := dict.SetKey(starlark.String(name), starlark.String(row[j])); err != nil {
				return nil, err
			}
		}
		out[i] = dict
	}
	return starlark.NewList(out), nil
}

// CSVWriter is the Starlark value that collects rows of comma-separated values until it is frozen.
type CSVWriter struct {
	fields   names // of a DictWriter
	formulas bool
	text     strings.Builder
	w        *csv.Writer
	frozen   bool
}

func newCSVWriter(fields names, d delimiter, formulas bool) *CSVWriter {
	w := &CSVWriter{fields: fields, formulas: formulas}
	w.w = csv.NewWriter(&w.text)
	w.w.Comma = rune(d)
	return w
}

func csvWriter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, formulas := delimiter(','), false
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "delimiter?", &d, "formulas?", &formulas); err != nil {
		return nil, err
	}
	return newCSVWriter(nil, d, formulas), nil
}

func csvDictWriter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fields names
	d, formulas := delimiter(','), false
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "fieldnames", &fields, "delimiter?", &d, "formulas?", &formulas); err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("%s: for parameter fieldnames: got no names", b.Name())
	}
	return newCSVWriter(fields, d, formulas), nil
}

var _ starlark.HasAttrs = (*CSVWriter)(nil)

// String says how long the text is.
func (w *CSVWriter) String() string { return fmt.Sprintf("<csv.writer of %d bytes>", w.text.Len()) }

// Type is "csv.writer".
func (w *CSVWriter) Type() string { return "csv.writer" }

// Freeze ends the adding of rows.
func (w *CSVWriter) Freeze() {
	if !w.frozen { // a frozen value may be shared, so it must not be written to
		w.frozen = true
	}
}

// Truth is always true.
func (w *CSVWriter) Truth() starlark.Bool { return true }

// Hash fails: a writer changes as rows are added.
func (w *CSVWriter) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", w.Type()) }

// Attr gives the attributes of a writer.
func (w *CSVWriter) Attr(name string) (starlark.Value, error) { return csvWriterAttrs.Get(w, name) }

// AttrNames gives their names, sorted.
func (w *CSVWriter) AttrNames() []string { return csvWriterAttrs.Names() }

// AttrDocs describes them.
func (w *CSVWriter) AttrDocs() []attrs.Doc { return csvWriterAttrs.Docs() }

var csvWriterAttrs = attrs.Table[*CSVWriter]{
	"writerow":    attrs.Method[*CSVWriter]("writerow(row)", "adds a list of cells, or a dict for a DictWriter", csvWriteRow),
	"writerows":   attrs.Method[*CSVWriter]("writerows(rows)", "adds several rows", csvWriteRows),
	"writeheader": attrs.Method[*CSVWriter]("writeheader()", "adds the names of a DictWriter's columns", csvWriteHeader),
	"getvalue":    attrs.Method[*CSVWriter]("getvalue()", "the text so far", csvGetValue),
}

func csvWriteRow(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var row starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "row", &row); err != nil {
		return nil, err
	}
	if err := attrs.Receiver[*CSVWriter](b).write(row); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return starlark.None, nil
}

func csvWriteRows(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var rows starlark.Iterable
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "rows", &rows); err != nil {
		return nil, err
	}
	w := attrs.Receiver[*CSVWriter](b)
	it := rows.Iterate()
	defer it.Done()
	var row starlark.Value
	for i := 0; it.Next(&row); i++ {
		if err := w.write(row); err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", b.Name(), i, err)
		}
	}
	return starlark.None, nil
}

func csvWriteHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	w := attrs.Receiver[*CSVWriter](b)
	if w.fields == nil {
		return nil, fmt.Errorf("%s: this writer has no column names: make it with csv.DictWriter(fieldnames)", b.Name())
	}
	cells := make([]string, len(w.fields))
	for i, name := range w.fields {
		cells[i] = w.cell(starlark.String(name))
	}
	if err := w.add(cells); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return starlark.None, nil
}

func csvGetValue(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.String(attrs.Receiver[*CSVWriter](b).text.String()), nil
}

// write adds one row.
func (w *CSVWriter) write(row starlark.Value) error {
	var cells []string
	switch row := row.(type) {
	case *starlark.Dict:
		if w.fields == nil {
			return errors.New("got a dict, want a list of cells: for dicts make the writer with csv.DictWriter(fieldnames)")
		}
		used := 0
		for _, name := range w.fields {
			v, found, err := row.Get(starlark.String(name))
			if err != nil {
				return err
			}
			if found {
				used++
			} else {
				v = starlark.None
			}
			cells = append(cells, w.cell(v))
		}
		if used < row.Len() {
			return fmt.Errorf("the row has keys that are no columns: its keys are %s, the columns %q", row.Keys(), []string(w.fields))
		}
	case starlark.Iterable:
		if w.fields != nil {
			return fmt.Errorf("got %s, want a dict", row.Type())
		}
		for cell := range starlark.Elements(row) {
			cells = append(cells, w.cell(cell))
		}
	default:
		return fmt.Errorf("got %s, want a list of cells", row.Type())
	}
	return w.add(cells)
}

func (w *CSVWriter) add(cells []string) error {
	if w.frozen {
		return errors.New("cannot add to a frozen writer")
	}
	if err := w.w.Write(cells); err != nil {
		return err
	}
	w.w.Flush()
	return w.w.Error()
}

// cell returns the text of a cell: None is empty, and text that would run as a formula is defused.
func (w *CSVWriter) cell(v starlark.Value) string {
	if v == starlark.None {
		return ""
	}
	if w.formulas {
		return textOf(v)
	}
	return formula.Defuse(textOf(v))
}
