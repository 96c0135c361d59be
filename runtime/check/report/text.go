// Package report writes what package check found, for people and for programs: as text, as JSON, and as SARIF 2.1.0
// for code hosts and editors. No form shows more of a secret than its first four characters.
package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/check/internal/plain"
)

// Text writes the reports for a terminal: each finding with its place, rule, excerpt and remedy, then what each
// script uses, then one line of counts. Nothing in it can control a terminal.
func Text(w io.Writer, reports []check.Report) error {
	var b strings.Builder
	for _, r := range reports {
		for _, f := range r.Findings {
			writeFinding(&b, f)
		}
	}
	for _, r := range reports {
		writeNeeds(&b, r)
	}
	b.WriteString(summary(reports))
	_, err := io.WriteString(w, b.String())
	return err
}

func writeFinding(b *strings.Builder, f check.Finding) {
	b.WriteString(plain.Visible(f.File))
	if f.Line > 0 {
		fmt.Fprintf(b, ":%d:%d", f.Line, f.Column)
	}
	fmt.Fprintf(b, ": %s: %s [%s]\n", f.Severity, f.Message, f.Rule)
	if f.Excerpt != "" {
		fmt.Fprintf(b, "    %s\n", f.Excerpt)
	}
	fmt.Fprintf(b, "    %s\n", f.Remedy)
}

func writeNeeds(b *strings.Builder, r check.Report) {
	if !r.Script {
		return
	}
	rows := [...]struct {
		name string
		uses []check.Use
		why  bool
	}{
		{"products", r.Needs.Products, false},
		{"capabilities", r.Needs.Capabilities, true},
		{"parameters", r.Needs.Parameters, false},
		{"modules", r.Needs.Modules, false},
		{"models", r.Needs.Models, false},
	}
	title := fmt.Sprintf("%s uses\n", plain.Visible(r.File))
	for _, row := range rows {
		if len(row.uses) == 0 {
			continue
		}
		fmt.Fprintf(b, "%s    %-13s %s\n", title, row.name, list(row.uses, row.why, r.File))
		title = ""
	}
	if r.Needs.Everything {
		fmt.Fprintf(b, "%s    %-13s an attribute's name is computed: it may need any capability\n", title, "unknown")
		title = ""
	}
	if len(r.Needs.Unread) > 0 {
		fmt.Fprintf(b, "%s    %-13s %s\n", title, "not read", plain.Visible(strings.Join(r.Needs.Unread, ", ")))
	}
}

// list joins the names, and with why adds the first place that brings each.
func list(uses []check.Use, why bool, file string) string {
	out := make([]string, len(uses))
	for i, u := range uses {
		out[i] = u.Name
		if !why {
			continue
		}
		place := fmt.Sprintf("line %d", u.Line)
		if u.File != file {
			place = fmt.Sprintf("%s line %d", plain.Visible(u.File), u.Line)
		}
		out[i] += fmt.Sprintf(" (%s, %s)", u.By, place)
	}
	return strings.Join(out, ", ")
}

func summary(reports []check.Report) string {
	errors, warnings, waived := 0, 0, 0
	for _, r := range reports {
		waived += len(r.Waived)
		for _, f := range r.Findings {
			if f.Severity == check.Error {
				errors++
			} else {
				warnings++
			}
		}
	}
	s := fmt.Sprintf("%s checked: %s, %s", count(len(reports), "file"), count(errors, "error"), count(warnings, "warning"))
	if waived > 0 {
		s += fmt.Sprintf(", %s by the script itself", count(waived, "finding")+" allowed")
	}
	return s + "\n"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
