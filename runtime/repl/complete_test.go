package repl_test

import (
	"testing"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/repl"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// kind describes a model as the host does: what is not in it must never be asked of the value.
type kind struct {
	attrs map[string]any
	names []string
}

func (k kind) CompleteNames() []string      { return k.names }
func (k kind) CompleteAttr(name string) any { return k.attrs[name] }

// connection is a value with a description; reading an attribute of it fails the test.
type connection struct {
	kind
	t testing.TB
}

func (c connection) String() string        { return "<connection>" }
func (c connection) Type() string          { return "connection" }
func (c connection) Freeze()               {}
func (c connection) Truth() starlark.Bool  { return true }
func (c connection) Hash() (uint32, error) { return 0, nil }
func (c connection) AttrNames() []string   { return c.names }
func (c connection) Attr(name string) (starlark.Value, error) {
	c.t.Errorf("completion read the attribute %s", name)
	return nil, nil
}

// method is a description of something that is called.
type method struct{ gives any }

func (m method) CompleteCall([]any) any      { return m.gives }
func (m method) CompleteArguments() []string { return []string{"process_name", "username"} }

// query is a description of something with elements.
type query struct {
	kind
	element any
}

func (q query) CompleteIndex() any { return q.element }

func TestComplete(t *testing.T) {
	group := kind{names: []string{"name", "id"}}
	sensor := kind{names: []string{"group", "hostname", "_hidden"}, attrs: map[string]any{"group": group}}
	process := kind{names: []string{"sensor", "start"}, attrs: map[string]any{"sensor": sensor}}
	q := query{kind{names: []string{"first", "where"}}, process}
	q.attrs = map[string]any{"first": method{process}, "where": method{q}}
	cb := connection{kind{names: []string{"select"}, attrs: map[string]any{"select": method{q}}}, t}
	rt := newRuntime(t, runtime.Config{
		Modules: map[string]runtime.ModuleFunc{"cb/defense": nil, "cb/response": nil},
		Predeclared: starlark.StringDict{
			"cb":       cb,
			"parallel": builtins.Predeclared()["parallel"],
			"json":     builtins.Predeclared()["json"],
			"log":      &starlarkstruct.Module{Name: "log", Members: starlark.StringDict{"info": starlark.None, "warn": starlark.None}},
			"s":        starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"host": starlark.String("x")}),
			"l":        starlark.NewList([]starlark.Value{starlark.String("x")}),
		},
	})
	session := rt.NewSession(nil)
	chunk, err := session.Read(sequence("def hunt(host, days = 7): return host", ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.Eval(t.Context(), chunk); err != nil {
		t.Fatal(err)
	}
	c := repl.NewCompleter(session)
	tests := []struct {
		line  string
		start int
		want  []string
	}{
		{"so", 0, []string{"sorted"}},
		{"x = le", 4, []string{"len"}},
		{"retu", 0, []string{"return"}},
		{"log.", 4, []string{"info", "warn"}},
		{"log.w", 4, []string{"warn"}},
		{"s.host.upp", 7, []string{"upper"}},
		{`"x".starts`, 4, []string{"startswith"}},
		{"l[0].uppe", 5, []string{"upper"}},
		{"cb.", 3, []string{"select"}},
		{"cb.select(Process).", 19, []string{"first", "where"}},
		{"cb.select(f(1), \")\").where(\"a\").fi", 32, []string{"first"}},
		{"cb.select(x)[0].sensor.", 23, []string{"group", "hostname"}},
		{"cb.select(x)[0].sensor._", 23, []string{"_hidden"}},
		{"print(cb.select(x).first().sensor.group.", 40, []string{"id", "name"}},
		{"cb.select(x).where(pro", 19, []string{"process_name="}},
		{"hunt(", 5, nil},
		{"hunt(d", 5, []string{"days=", "def", "dict", "dir"}},
		{"hunt(host = 1, da", 15, []string{"days="}},
		{"parallel(f, items, wor", 19, []string{"workers="}},
		{"json.indent(text, ind", 18, []string{"indent="}},
		{`load("cb/`, 6, []string{"cb/defense", "cb/response"}},
		{`print("so`, 7, nil},
		{"# so", 0, nil},
		{`x = "#"; so`, 9, []string{"sorted"}},
		{"unknown.", 8, nil},
		{"cb.missing.", 11, nil},
		{"1.", 2, nil},
		{"(1 + 2).", 8, nil},
		{").", 2, nil},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			start, got := c.Complete(tt.line, len(tt.line))
			if tt.line == "hunt(" {
				if len(got) < 20 { // everything can follow
					t.Errorf("got %q, want all names", got)
				}
				return
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || start != tt.start && len(got) > 0 {
				t.Errorf("start %d, want %d; (-want +got)\n%s", start, tt.start, diff)
			}
		})
	}
}

// sequence gives the lines one after the other.
func sequence(lines ...string) func() (string, error) {
	return func() (string, error) {
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
}

func FuzzComplete(f *testing.F) {
	rt := newRuntime(f, runtime.Config{})
	c := repl.NewCompleter(rt.NewSession(nil))
	f.Add("query.f(1)[\"", 5)
	f.Add("\"\\", 2)
	f.Add("a.b(].", 6)
	f.Fuzz(func(t *testing.T, line string, pos int) {
		start, _ := c.Complete(line, pos)
		if start < 0 || start > len(line) {
			t.Errorf("start %d outside the line of %d bytes", start, len(line))
		}
	})
}
