package output

import (
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// A table holds its first rows to see how wide its columns are: that many of them, or that many bytes of their text. The
// rows after them are written as they come, with the same columns, so that memory stays flat.
const (
	sampleRows  = 1000
	sampleBytes = 4 << 20
)

// grid writes rows as a table, for a terminal or in Markdown. Its columns are all names of the rows that it held, in the
// order in which they first appeared. A row after those that has another name begins a new table, which has the columns of
// the one before, too.
type grid struct {
	w      io.Writer
	width  int               // of the terminal, 0 meaning no limit
	escape *strings.Replacer // in Markdown, else nil

	columns []column
	held    [][]string // until the header is written
	size    int        // bytes of their cells
	begun   bool       // the header is written
	tables  int        // headers written
	closed  bool
}

// column is one name and what is known of its values.
type column struct {
	name, header string
	width        int  // of the widest cell held; once the header is written, of what is shown
	numbers      bool // held
	others       bool // held: neither numbers nor None
}

// right reports whether the column holds nothing but numbers, which are aligned to the right.
func (c column) right() bool { return c.numbers && !c.others }

func (g *grid) Write(row Row) error {
	if g.closed {
		return ErrClosed
	}
	fresh := slices.ContainsFunc(row, func(c Cell) bool { return g.column(c.Name) < 0 })
	if g.begun && !fresh {
		return g.write(g.line(g.cells(row)))
	}
	g.hold(row)
	if len(g.held) >= sampleRows || g.size >= sampleBytes {
		return g.begin()
	}
	return nil
}

func (g *grid) Close() error {
	if g.closed {
		return nil
	}
	g.closed = true
	if len(g.columns) == 0 || g.begun {
		return nil
	}
	return g.begin()
}

func (g *grid) column(name string) int {
	return slices.IndexFunc(g.columns, func(c column) bool { return c.name == name })
}

// hold keeps a row and notes what its cells say of their columns.
func (g *grid) hold(row Row) {
	if g.begun {
		g.begun = false
		for i, c := range g.columns {
			g.columns[i] = column{name: c.name, header: c.header, width: text.StringWidth(c.header)}
		}
	}
	for _, cell := range row {
		i := g.column(cell.Name)
		if i < 0 {
			i = len(g.columns)
			header := g.shown(cell.Name)
			g.columns = append(g.columns, column{name: cell.Name, header: header, width: text.StringWidth(header)})
		}
		switch cell.Value.(type) {
		case nil:
		case int64, float64, *big.Int:
			g.columns[i].numbers = true
		default:
			g.columns[i].others = true
		}
	}
	cells := g.cells(row)
	for i, s := range cells {
		g.size += len(s)
		g.columns[i].width = max(g.columns[i].width, text.StringWidth(s))
	}
	g.held = append(g.held, cells)
}

// cells gives the texts of a row, by column.
func (g *grid) cells(row Row) []string {
	cells := make([]string, len(g.columns))
	for _, cell := range row {
		cells[g.column(cell.Name)] = g.shown(Text(cell.Value))
	}
	return cells
}

// shown makes a text safe to show in a cell.
func (g *grid) shown(s string) string {
	s = VisibleLine(s)
	if g.escape != nil {
		s = g.escape.Replace(s)
	}
	return s
}

// begin writes the header and the rows that were held.
func (g *grid) begin() error {
	g.fit()
	var lines strings.Builder
	if g.tables > 0 {
		lines.WriteByte('\n')
	}
	headers, marks := make([]string, len(g.columns)), make([]string, len(g.columns))
	for i, c := range g.columns {
		headers[i], marks[i] = c.header, "---"
		if c.right() {
			marks[i] = "---:"
		}
	}
	lines.WriteString(g.line(headers))
	if g.escape != nil {
		lines.WriteString(g.line(marks))
	}
	for _, cells := range g.held {
		lines.WriteString(g.line(cells))
	}
	g.held, g.size, g.begun = nil, 0, true
	g.tables++
	return g.write(lines.String())
}

func (g *grid) write(lines string) error {
	_, err := io.WriteString(g.w, lines)
	return err
}

// line gives one line of the table. It may have fewer cells than there are columns.
func (g *grid) line(cells []string) string {
	var line strings.Builder
	for i, c := range g.columns {
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		switch {
		case g.escape != nil:
			line.WriteString("| " + cell + " ")
			continue
		case i > 0:
			line.WriteString("  ")
		}
		if g.width > 0 {
			cell = text.Snip(cell, c.width, "…")
		}
		pad := strings.Repeat(" ", max(0, c.width-text.StringWidth(cell)))
		if c.right() {
			line.WriteString(pad + cell)
		} else {
			line.WriteString(cell + pad)
		}
	}
	if g.escape != nil {
		return line.String() + "|\n"
	}
	return text.Snip(strings.TrimRight(line.String(), " "), g.width, "…") + "\n"
}

// leastWidth is what a column keeps of its width, however narrow the terminal is.
const leastWidth = 8

// fit narrows the widest columns until the table fits the terminal.
func (g *grid) fit() {
	if g.width <= 0 || g.escape != nil {
		return
	}
	total := 2 * len(g.columns)
	for i := range g.columns {
		g.columns[i].width = min(g.columns[i].width, g.width)
		total += g.columns[i].width
	}
	for ; total > g.width; total-- {
		widest := 0
		for i := range g.columns {
			if g.columns[i].width > g.columns[widest].width {
				widest = i
			}
		}
		if g.columns[widest].width <= leastWidth {
			return
		}
		g.columns[widest].width--
	}
}

// markdownEscaper escapes what Markdown or HTML inside it would act on.
func markdownEscaper() *strings.Replacer {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`, "|", `\|`)
}
