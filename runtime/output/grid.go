package output

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// grid holds rows until Close and then writes them as a table, for a terminal or in Markdown. Its columns are all names
// in the order in which they first appeared.
type grid struct {
	w        io.Writer
	width    int
	markdown bool
	columns  []string
	rows     []Row
	closed   bool
}

func (g *grid) Write(row Row) error {
	if g.closed {
		return ErrClosed
	}
	for _, cell := range row {
		if !slices.Contains(g.columns, cell.Name) {
			g.columns = append(g.columns, cell.Name)
		}
	}
	g.rows = append(g.rows, slices.Clone(row))
	return nil
}

func (g *grid) Close() error {
	if g.closed {
		return nil
	}
	g.closed = true
	if len(g.columns) == 0 {
		return nil
	}
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	configs := g.configs()
	header := g.line(g.columns, configs)
	t.AppendHeader(header)
	for _, row := range g.rows {
		values := make([]string, len(g.columns))
		for _, cell := range row {
			values[slices.Index(g.columns, cell.Name)] = Text(cell.Value)
		}
		t.AppendRow(g.line(values, configs))
	}
	g.fit(configs)
	t.SetColumnConfigs(configs)
	t.SuppressTrailingSpaces()
	rendered := ""
	if g.markdown {
		rendered = t.RenderMarkdown()
	} else {
		t.Style().Size.WidthMax = g.width
		rendered = t.Render()
	}
	_, err := fmt.Fprintln(g.w, rendered)
	return err
}

// line makes the cells of one line safe to show, and notes in configs how wide they are.
func (g *grid) line(values []string, configs []table.ColumnConfig) table.Row {
	row := make(table.Row, len(values))
	for i, s := range values {
		s = VisibleLine(s)
		if g.markdown {
			s = markdownEscaper().Replace(s)
		}
		configs[i].WidthMax = max(configs[i].WidthMax, text.StringWidth(s))
		row[i] = s
	}
	return row
}

// configs aligns the columns that hold nothing but numbers to the right.
func (g *grid) configs() []table.ColumnConfig {
	configs := make([]table.ColumnConfig, len(g.columns))
	for i, name := range g.columns {
		configs[i].Number = i + 1
		if g.numeric(name) {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	return configs
}

func (g *grid) numeric(name string) bool {
	seen := false
	for _, row := range g.rows {
		k := slices.IndexFunc(row, func(c Cell) bool { return c.Name == name })
		if k < 0 || row[k].Value == nil {
			continue
		}
		switch row[k].Value.(type) {
		case int64, float64, *big.Int:
			seen = true
		default:
			return false
		}
	}
	return seen
}

// leastWidth is what a column keeps of its width, however narrow the terminal is.
const leastWidth = 8

// fit takes the columns' natural widths in configs and narrows the widest until the table fits the terminal.
func (g *grid) fit(configs []table.ColumnConfig) {
	if g.width <= 0 || g.markdown {
		for i := range configs {
			configs[i].WidthMax = 0
		}
		return
	}
	total := 2 * len(configs)
	for i := range configs {
		configs[i].WidthMax = min(configs[i].WidthMax, g.width)
		configs[i].WidthMaxEnforcer = func(cell string, width int) string { return text.Snip(cell, width, "…") }
		total += configs[i].WidthMax
	}
	for ; total > g.width; total-- {
		widest := 0
		for i := range configs {
			if configs[i].WidthMax > configs[widest].WidthMax {
				widest = i
			}
		}
		if configs[widest].WidthMax <= leastWidth {
			return
		}
		configs[widest].WidthMax--
	}
}

// plainStyle separates columns by two spaces and the header by nothing: what is easiest to read and to cut.
func plainStyle() table.Style {
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	return style
}

// markdownEscaper escapes what Markdown or HTML inside it would act on. go-pretty itself escapes the bar between cells.
func markdownEscaper() *strings.Replacer {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`)
}
