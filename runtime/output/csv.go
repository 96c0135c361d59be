package output

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/builtins/formula"
)

// csvRows writes comma-separated values. The first row's names are the header, which cannot grow afterwards: a row with
// another name is an error, so that no value is lost without a word. A row may leave names out.
type csvRows struct {
	w       *csv.Writer
	raw     bool
	visible bool // for a terminal, which would act on a control sequence in a cell
	columns []string
	closed  bool
}

func newCSV(w io.Writer, o Options) *csvRows {
	return &csvRows{w: csv.NewWriter(w), raw: o.RawCells, visible: o.Width > 0}
}

func (c *csvRows) Write(row Row) error {
	if c.closed {
		return ErrClosed
	}
	if c.columns == nil {
		for _, cell := range row {
			c.columns = append(c.columns, cell.Name)
		}
		header := make([]string, len(c.columns))
		for i, name := range c.columns {
			header[i] = c.text(name)
		}
		if err := c.w.Write(header); err != nil {
			return err
		}
	}
	record := make([]string, len(c.columns))
	for _, cell := range row {
		i := slices.Index(c.columns, cell.Name)
		if i < 0 {
			return fmt.Errorf("CSV has no column %q: its columns are those of the first row (%s); "+
				"give every row the same names, or choose jsonl", cell.Name, strings.Join(c.columns, ", "))
		}
		record[i] = c.cell(cell.Value)
	}
	if err := c.w.Write(record); err != nil {
		return err
	}
	c.w.Flush()
	return c.w.Error()
}

func (c *csvRows) Close() error {
	c.closed = true
	c.w.Flush()
	return c.w.Error()
}

func (c *csvRows) cell(v any) string {
	text := Text(v)
	switch v.(type) {
	case string, []byte, []any, map[string]any:
		return c.text(text)
	}
	return text
}

// text is a cell that no spreadsheet takes for a formula, unless those are wanted, and that no terminal obeys.
func (c *csvRows) text(s string) string {
	if !c.raw {
		s = formula.Defuse(s)
	}
	if c.visible {
		s = Visible(s)
	}
	return s
}
