// Package output writes what scripts produce: rows as a table, as Markdown, as JSON Lines or as CSV, and text that is
// safe to show on a terminal.
//
// Start with [NewRows]:
//
//	rows, err := output.NewRows("jsonl", os.Stdout, output.Options{})
//	err = rows.Write(output.Row{{"host", "ws-12"}, {"count", 3}})
//	err = rows.Close()
//
// What scripts print comes from endpoints and so from attackers. [Visible] makes control characters visible, tables
// and Markdown are always passed through it, and CSV cells cannot become formulas unless [Options].RawCells asks for
// it. JSON Lines carry the exact text, escaped by JSON's rules.
package output
