package builtins

import (
	"slices"
	"strings"

	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/client"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// A Builtin is one name that scripts see, or one member of a module.
type Builtin struct {
	Name    string            // of a member with its module: "json.encode"
	Params  []Param           // of a function
	Returns string            // what a function gives, as a phrase
	Doc     string            // what it does: a sentence or two
	Needs   client.Capability // what the host must grant before it does it; client.Read is always granted
	Value   starlark.Value
	Members []Builtin // of a module, sorted by name
}

// A Param is a parameter of a function.
type Param struct {
	Name    string // with the stars of *args and **kwargs
	Default string // as a script would write it; empty when the argument is required
	Doc     string // a phrase, or empty when the name says it
}

// IsFunction reports whether the name is called.
func (b Builtin) IsFunction() bool {
	_, ok := b.Value.(starlark.Callable)
	return ok
}

// Signature returns how a function is called, such as "pad(s, n, align=\"left\")", and the bare name of anything
// else.
func (b Builtin) Signature() string {
	if !b.IsFunction() {
		return b.Name
	}
	parts := make([]string, len(b.Params))
	for i, p := range b.Params {
		parts[i] = p.Name
		if p.Default != "" {
			parts[i] += "=" + p.Default
		}
	}
	return b.Name + "(" + strings.Join(parts, ", ") + ")"
}

// All returns the table of all names, sorted. Each call makes values of its own, so that scripts that run beside each
// other share none.
func All() []Builtin {
	all := slices.Concat(
		errorBuiltins(), iterationBuiltins(), futureBuiltins(), attributeBuiltins(), textBuiltins(), outputBuiltins(),
		[]Builtin{
			metaBuiltin(), parallelBuiltin(), paramBuiltin(), powBuiltin(), sumBuiltin(), timedeltaBuiltin(), structBuiltin(), moduleBuiltin(),
			logModule(), jsonModule(), timeModule(), mathModule(), reModule(), base64Module(), binasciiModule(),
			hashlibModule(), sqliteModule(), csvModule(), ipModule(), urlModule(),
		},
	)
	sortByName(all)
	help := helpBuiltin(all)
	all = append(slices.Clip(all), help) // a copy: help keeps what it was given
	sortByName(all)
	return all
}

// Predeclared returns the environment of a script: every name of [All] with its value.
func Predeclared() starlark.StringDict {
	env := make(starlark.StringDict)
	for _, b := range All() {
		env[b.Name] = b.Value
	}
	return env
}

func sortByName(list []Builtin) {
	slices.SortFunc(list, func(a, b Builtin) int { return strings.Compare(a.Name, b.Name) })
}

// function describes a function.
func function(name string, fn attrs.Func, returns, doc string, params ...Param) Builtin {
	return Builtin{Name: name, Params: params, Returns: returns, Doc: doc, Value: starlark.NewBuiltin(name, fn)}
}

// constant describes a name with a fixed value.
func constant(name string, v starlark.Value, doc string) Builtin {
	return Builtin{Name: name, Doc: doc, Value: v}
}

// module describes a module. The names of its members begin with its own.
func module(name, doc string, members ...Builtin) Builtin {
	sortByName(members)
	values := make(starlark.StringDict, len(members))
	for _, m := range members {
		values[strings.TrimPrefix(m.Name, name+".")] = m.Value
	}
	return Builtin{
		Name: name, Doc: doc, Members: members,
		Value: &starlarkstruct.Module{Name: name, Members: values},
	}
}

func structBuiltin() Builtin {
	return function("struct", starlarkstruct.Make, "struct",
		"Makes a value with these fields. It cannot be changed; two with equal fields are equal.",
		Param{Name: "**fields", Doc: "names and values"})
}

func moduleBuiltin() Builtin {
	return function("module", starlarkstruct.MakeModule, "module",
		"Makes a module value, to give the functions of a file one name.",
		Param{Name: "name"}, Param{Name: "**members", Doc: "names and values"})
}
