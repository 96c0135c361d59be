package client

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/cbtime"
)

// PrintFields lays an object out field by field, as print(obj) shows it: what is held, without a request, sorted by
// name, with (+) for a field that was added, (*) for one that was changed, and long values cut.
//
// Source: contract/model.md, section 9.
func PrintFields(o *Object) string {
	const width = 50
	s := o.state.Load()
	var b strings.Builder
	fmt.Fprintf(&b, "%s object, bound to %s.\n", o.kind.Name, o.client.URL())
	if !s.refreshed.IsZero() {
		fmt.Fprintf(&b, " Last refreshed at %s\n", s.refreshed.UTC().Format("Mon Jan _2 15:04:05 2006"))
	}
	if !s.full && !o.IsNew() {
		b.WriteString(" Partially initialized. Use .refresh() to load all attributes\n")
	}
	b.WriteString(strings.Repeat("-", 79) + "\n\n")
	doc := o.document()
	for _, name := range sortedKeys(doc) {
		mark := "   "
		if before, changed := s.prior[name]; changed {
			mark = "(*)"
			if !before.present || before.value == nil {
				mark = "(+)"
			}
		}
		text := ShowValue(doc[name])
		if f, ok := o.kind.Field(name); ok && f.Secret {
			text = SecretPlaceholder
		}
		if runes := []rune(text); len(runes) > width {
			text = string(runes[:width-3]) + "..."
		}
		fmt.Fprintf(&b, "%s %20s: %s\n", mark, name, text)
	}
	return b.String()
}

// PrintAttributes lays an object out with a line for each field that is held, in the server's order, with values as
// its attributes give them: addresses with dots, times as times. Bytes, as of an icon, are left out. link is where the
// console shows the object, or empty. It makes no request: an attribute that would need one is shown as the server sent
// it.
//
// Source: contract/model.md, section 9.
func PrintAttributes(o *Object, link string) string {
	s := o.state.Load()
	var b strings.Builder
	fmt.Fprintf(&b, "%s.%s:\n", o.kind.Product, o.kind.Name)
	if link != "" {
		fmt.Fprintf(&b, "-> available via web UI at %s\n", link)
	}
	for _, name := range s.names() {
		value, _ := s.raw(name)
		if f, ok := o.kind.Field(name); ok && f.Secret {
			value = SecretPlaceholder
		} else if v, err := o.Get(ended{}, name); err == nil {
			value = v
		}
		if _, binary := value.([]byte); !binary {
			fmt.Fprintf(&b, "%-20s : %s\n", name, ShowValue(value))
		}
	}
	return b.String()
}

// ended is a context that has ended, so that what is asked in it makes no request.
type ended struct{}

func (ended) Deadline() (time.Time, bool) { return time.Time{}, false }

func (ended) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

func (ended) Err() error { return context.Canceled }

func (ended) Value(any) any { return nil }

// Print is what print(obj) shows. It makes no request.
func (o *Object) Print() string {
	if o.kind.Printer != nil {
		return o.kind.Printer(o)
	}
	return PrintFields(o)
}

// ShowValue gives a value as a script would see it printed.
func ShowValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return v
	case time.Time:
		return cbtime.FormatEvent(v.UTC())
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = quoteNested(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, name := range sortedKeys(v) {
			parts = append(parts, fmt.Sprintf("%q: %s", name, quoteNested(v[name])))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func quoteNested(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return ShowValue(v)
}
