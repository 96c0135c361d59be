package response

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/nearest"
)

// Facts is a small set of named values, as a binary's version resource. It implements [client.Record].
type Facts struct {
	Name   string
	Values map[string]any // must not be changed
}

// Type is the name of the set.
func (f Facts) Type() string { return f.Name }

// Names lists the values, sorted.
func (f Facts) Names() []string { return slices.Sorted(maps.Keys(f.Values)) }

// Get gives a value, or a [client.NoSuchAttributeError].
func (f Facts) Get(_ context.Context, name string) (any, error) {
	if v, ok := f.Values[name]; ok {
		return v, nil
	}
	return nil, &client.NoSuchAttributeError{Model: f.Name, Name: name, Nearest: nearest.Name(name, f.Names())}
}

// String shows all values.
func (f Facts) String() string {
	parts := make([]string, 0, len(f.Values))
	for _, name := range f.Names() {
		parts = append(parts, fmt.Sprintf("%s=%s", name, client.ShowValue(f.Values[name])))
	}
	return f.Name + "(" + strings.Join(parts, ", ") + ")"
}

type rowDoc = jsondoc.Doc

// textOf gives a field of a row that is text, or "".
func textOf(row rowDoc, name string) string {
	v, ok := row.Get(name)
	if !ok || v.Kind() != jsondoc.String {
		return ""
	}
	return v.Text()
}
