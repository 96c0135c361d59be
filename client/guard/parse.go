package guard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/nearest"
)

// All is the name that stands for every capability.
const All = "all"

// Names lists the names that Parse knows.
func Names() []string {
	var names []string
	for _, c := range client.Capabilities() {
		names = append(names, string(c))
	}
	return append(names, All)
}

// A NameError says that there is no capability of a name.
type NameError struct {
	Name    string
	Nearest string // a name that was probably meant, or empty
}

// Error names it, and all that there are.
func (e *NameError) Error() string {
	return fmt.Sprintf("unknown capability %q, want some of %s", e.Name, strings.Join(Names(), ", "))
}

// Hint gives the nearest name, or is empty.
func (e *NameError) Hint() string {
	if e.Nearest == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", e.Nearest)
}

// Parse reads capabilities as a person names them: several texts, each with names between commas. All of them may be
// named more than once. It fails with a [*NameError].
func Parse(texts []string) ([]client.Capability, error) {
	var granted []client.Capability
	add := func(all ...client.Capability) {
		for _, c := range all {
			if !slices.Contains(granted, c) {
				granted = append(granted, c)
			}
		}
	}
	for _, text := range texts {
		for name := range strings.SplitSeq(text, ",") {
			name = strings.TrimSpace(name)
			switch c := client.Capability(name); {
			case name == "":
			case name == All:
				add(client.Capabilities()...)
			case slices.Contains(client.Capabilities(), c):
				add(c)
			default:
				return nil, &NameError{Name: name, Nearest: nearest.Name(name, Names())}
			}
		}
	}
	return granted, nil
}
