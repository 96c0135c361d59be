package builtins

import (
	"go.starlark.net/starlark"
)

func metaBuiltin() Builtin {
	return function("meta", meta, "None",
		"Declares what a script is: for cbscript check, for the bundle it is shared in, and for the run, which grants no more than needs lists. "+
			"It is called once, at the top level, with texts written down as such.",
		Param{Name: "name", Default: `""`, Doc: "of the bundle: lower-case letters, digits, dashes"},
		Param{Name: "version", Default: `""`, Doc: `of the bundle: three numbers, as in "1.2.0"`},
		Param{Name: "author", Default: `""`, Doc: "of the bundle: lower-case letters, digits, dashes"},
		Param{Name: "description", Default: `""`, Doc: "a sentence"},
		Param{Name: "needs", Default: "[]", Doc: "the capabilities that the script uses, and the products if it names any; left out means that none are withheld"})
}

// meta checks its arguments only: what it declares is read from the text, before anything runs.
func meta(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		name, version, author, description string
		needs                              names
	)
	if len(args) > 0 {
		return nil, starlark.UnpackPositionalArgs(b.Name(), args, nil, 0)
	}
	if err := starlark.UnpackArgs(b.Name(), nil, kwargs, "name?", &name, "version?", &version, "author?", &author,
		"description?", &description, "needs?", &needs); err != nil {
		return nil, err
	}
	return starlark.None, nil
}
