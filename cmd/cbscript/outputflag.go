package main

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/nearest"
	"github.com/cbscript/cbscript/runtime/output"
)

// outputFlag adds --output, the format of rows.
func outputFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "output", "",
		"write rows as `FORMAT`: "+strings.Join(output.Formats(), ", ")+" (default table on a terminal, else jsonl)")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(output.Formats(), cobra.ShellCompDirectiveNoFileComp)) // fails only when done twice
}

// rowsTo gives the writer of rows to w: in the format asked for, or in the one that suits w.
func rowsTo(w io.Writer, format string) (output.Rows, error) { return rowsOn(w, format, widthOf(w)) }

// rowsOn gives the writer of rows to w, behind which is a terminal of width columns, or none when it is 0.
func rowsOn(w io.Writer, format string, width int) (output.Rows, error) {
	switch {
	case format == "" && width > 0:
		format = "table"
	case format == "":
		format = "jsonl"
	case !slices.Contains(output.Formats(), format):
		advice := "want one of " + strings.Join(output.Formats(), ", ")
		if near := nearest.Name(format, output.Formats()); near != "" {
			advice = "did you mean " + near + "?"
		}
		return nil, usage(advice, "unknown format %q for --output", format)
	}
	return output.NewRows(format, w, output.Options{Width: width})
}
