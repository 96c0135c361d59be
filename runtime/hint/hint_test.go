package hint_test

import (
	"fmt"
	"testing"

	"github.com/cbscript/cbscript/client/nearest"
	"github.com/cbscript/cbscript/runtime/hint"
)

// What the interpreter says for which habit is tested in package runtime, with the interpreter.

func TestNearest(t *testing.T) {
	names := []string{"select", "sorted", "len", "Process", "process_name", "min", "max", "int", "list"}
	tests := map[string]string{
		"selct": "select", "slect": "select", "selcet": "select", "Select": "select", "proces": "Process",
		"processname": "process_name", "lne": "len", "lenn": "len", "mni": "min", "mix": "max", "lists": "list",
		"selection": "", "x": "", "": "", "ab": "", "completely": "",
	}
	for name, want := range tests {
		if got := nearest.Name(name, names); got != want {
			t.Errorf("nearest.Name(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestFor(t *testing.T) {
	tests := []struct {
		name string
		p    hint.Problem
		want string
	}{
		{"predeclared module", hint.Problem{Message: "got import, want primary expression", Line: "import re", Names: []string{"re"}},
			"re is predeclared: delete this line"},
		{"predeclared names", hint.Problem{Message: "got from, want primary expression", Line: "from x import A, B", Names: []string{"A", "B"}},
			"A, B is predeclared: delete this line"},
		{"host module", hint.Problem{Message: "got from, want primary expression", Line: "from cbapi.defense import Device as D", Modules: []string{"cb/defense"}},
			`write load("cb/defense", "Device"); what a script has without any load is predeclared`},
		{"name", hint.Problem{Message: "undefined: selct", Names: []string{"select"}}, "did you mean select?"},
		{"name with the interpreter's own hint", hint.Problem{Message: "undefined: lenn (did you mean len?)", Names: []string{"len"}}, "did you mean len?"},
		{"habit before spelling", hint.Problem{Message: "undefined: input", Names: []string{"int"}},
			`declare a parameter: name = param("name", "default", help = "..."), given after -- on the command line`},
		{"groups", hint.Problem{Message: "local variable total referenced before assignment", Line: "    total += 1"},
			`a function cannot change a global: keep state in a dict, state = {"total": 0}, and change it with state["total"] += 1`},
		{"nothing known", hint.Problem{Message: "floored division by zero", Line: "1 // 0"}, ""},
		{"unknown name", hint.Problem{Message: "undefined: zzz", Names: []string{"len"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := hint.For(tt.p); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func FuzzFor(f *testing.F) {
	f.Add("got from, want primary expression", "from . import (a, b) # x", "re")
	f.Add("undefined: ", "", "")
	f.Add("local variable $9 referenced before assignment", "$1 += $2", "x")
	f.Fuzz(func(t *testing.T, message, line, name string) {
		hint.For(hint.Problem{Message: message, Line: line, Names: []string{name}, Modules: []string{"cb/" + name}})
	})
}

func ExampleFor() {
	fmt.Println(hint.For(hint.Problem{Message: "got string literal, want ','", Line: `print(f"hello {name}")`}))
	// Output: Starlark has no f-strings: "{}".format(x), or fmt("%-8s", x) for widths
}
