package output

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Cell is one named value of a row. Value is what a script's value becomes in Go: nil, bool, int64, *big.Int, float64,
// string, []byte, time.Time, time.Duration, []any or map[string]any of these.
type Cell struct {
	Name  string
	Value any
}

// Row is one result, its cells in the order in which the script gave them.
type Row []Cell

// A Rows writes result rows in one format. It is not safe for concurrent use.
type Rows interface {
	// Write takes one row. Formats that stream have written it when Write returns.
	Write(Row) error
	// Close writes what is held back. Nothing may be written afterwards.
	Close() error
}

// ErrClosed is the error of a Write after Close.
var ErrClosed = errors.New("the output is closed")

// Options shape what NewRows writes. The zero value is right for a file.
type Options struct {
	Width    int  // columns of the terminal: a table is cut to them, CSV shows control characters; 0 means a file
	RawCells bool // CSV only: write cells as they are, also those that a spreadsheet would run as formulas
}

// Formats lists the names that NewRows knows.
func Formats() []string { return []string{"table", "jsonl", "csv", "markdown"} }

// NewRows returns a writer of rows in a format of [Formats]. jsonl and csv write each row at once and hold nothing. table and
// markdown hold the first 1,000 rows, or 4 MiB of them, until Close or until there are more: their columns are those of
// these rows, and the rows after them are written at once. A row that then has another name begins a new table.
func NewRows(format string, w io.Writer, o Options) (Rows, error) {
	switch format {
	case "table":
		return &grid{w: w, width: o.Width}, nil
	case "markdown":
		return &grid{w: w, escape: markdownEscaper()}, nil
	case "jsonl":
		return &jsonLines{w: w}, nil
	case "csv":
		return newCSV(w, o), nil
	}
	return nil, fmt.Errorf("unknown output format %q, want one of %s", format, strings.Join(Formats(), ", "))
}
