package check

import (
	"fmt"
	"io"
	"strings"
)

// WriteReference writes the reference of the rules as Markdown, made from the table of rules.
func WriteReference(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Rules of cbscript check\n\n" +
		"Made from the table of rules in `runtime/check`; `go test ./runtime/check -update` writes it anew.\n\n" +
		"An error keeps a script from being shared, a warning does not. A finding of a rule that can be allowed is\n" +
		"allowed by a comment with a reason, in its line or the line above:\n\n" +
		"```python\n# cbscript:allow bare-guid the id of the product that this hunt is about\n```\n\n" +
		"| rule | finds | severity | can be allowed |\n|---|---|---|---|\n")
	for _, r := range Rules() {
		allowed := "no"
		if r.Waivable {
			allowed = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.ID, r.What, r.Severity, allowed)
	}
	b.WriteString("\n## Remedies\n")
	for _, group := range remedies() {
		fmt.Fprintf(&b, "\n%s\n\n> %s\n", strings.Join(group.rules, ", "), group.remedy)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type remedyGroup struct {
	remedy string
	rules  []string
}

// remedies groups the rules by what they advise, in the order of the table.
func remedies() []remedyGroup {
	var out []remedyGroup
	index := map[string]int{}
	for _, r := range Rules() {
		i, ok := index[r.Remedy]
		if !ok {
			i = len(out)
			index[r.Remedy] = i
			out = append(out, remedyGroup{remedy: r.Remedy})
		}
		out[i].rules = append(out[i].rules, "`"+r.ID+"`")
	}
	return out
}
