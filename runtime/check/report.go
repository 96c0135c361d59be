package check

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity is the weight of a finding.
type Severity int

// The severities. An Error keeps a script from being shared, a Warning does not.
const (
	Warning Severity = iota + 1
	Error
)

// String gives "warning" or "error".
func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// Finding is one thing that a rule says about one place of a file. Its texts hold at most the first four characters
// of a secret, and control characters only in visible form.
type Finding struct {
	File string
	// Line and Column count from 1, Column in characters. They point to the start of the literal that begins the
	// value; in a comment, and in a text of several lines, to where the value itself begins. Both are 0 when the
	// finding is about the whole file.
	Line, Column int
	// Rule is the id of the rule, as in [Rules].
	Rule     string
	Severity Severity
	// Message says what was found, and in which context.
	Message string
	// Excerpt is the redacted value. It is empty for the rules that are not about a value, and only for those, so that
	// it tells a credential from a mistake in the script.
	Excerpt string
	// Remedy says how to mend it.
	Remedy string
}

// String gives the finding as one line: file, place, severity, rule, message.
func (f Finding) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s: %s: %s", visible(f.File), f.Line, f.Column, f.Severity, f.Rule, f.Message)
	if f.Excerpt != "" {
		s += ": " + f.Excerpt
	}
	return s
}

// Waived is a finding that a comment in the script allows, with the reason given there.
type Waived struct {
	Finding
	Reason string
}

// Report is what a check says about one file.
type Report struct {
	File string
	// Script tells a script from the other files of a bundle, which have no needs.
	Script bool
	// Findings are those that stand, in the order of their places.
	Findings []Finding
	// Waived are those that a comment allows.
	Waived []Waived
	// Needs is what the script uses; empty when it does not parse.
	Needs Needs
	// Meta is the script's own declaration; nil when there is none.
	Meta *Meta
}

// OK reports whether no finding is an error.
func (r Report) OK() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Error })
}

func (r *Report) add(line, column int, rule, message, excerpt string) {
	spec := ruleByID(rule)
	r.Findings = append(r.Findings, Finding{
		File: r.File, Line: line, Column: column, Rule: rule, Severity: spec.Severity,
		Message: visible(message), Excerpt: visible(excerpt), Remedy: spec.Remedy,
	})
}

func (r *Report) sort() {
	order := func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	}
	slices.SortStableFunc(r.Findings, order)
	r.Findings = slices.Compact(r.Findings)
	slices.SortStableFunc(r.Waived, func(a, b Waived) int { return order(a.Finding, b.Finding) })
}
