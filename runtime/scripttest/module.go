package scripttest

import (
	"fmt"
	"path/filepath"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// testModule makes the module test of one test. base is the configuration of the scripts that it runs, dir the folder of
// the test file.
func testModule(seen *capture, base runtime.Config, dir, root string) starlark.Value {
	get := func(name string, f func() (starlark.Value, error)) *starlark.Builtin {
		return starlark.NewBuiltin("test."+name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
				return nil, err
			}
			return f()
		})
	}
	value := func(f func() starlark.Value) func() (starlark.Value, error) {
		return func() (starlark.Value, error) { return f(), nil }
	}
	return &starlarkstruct.Module{Name: "test", Members: starlark.StringDict{
		"run":    starlark.NewBuiltin("test.run", runScript(base, dir, root)),
		"rows":   get("rows", seen.rowValues),
		"output": get("output", value(seen.output)),
		"logs":   get("logs", value(seen.logs)),
		"files":  get("files", seen.fileValues),
	}}
}

type builtinFunc = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// runScript makes test.run: a run inside the test's run, with limits of its own, which ends with the test's.
func runScript(base runtime.Config, dir, root string) builtinFunc {
	return func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var file string
		if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, 1, &file); err != nil {
			return nil, err
		}
		inside := root
		if inside == "" {
			inside = dir
		}
		s, err := runtime.Open(filepath.Join(dir, filepath.FromSlash(file)), inside)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
		defer s.Close()
		seen := &capture{}
		c := seen.into(base)
		if c.Params, err = params(kwargs); err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
		rt, err := runtime.New(c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
		ctx := bindings.Context(t)
		_, runErr := rt.Run(ctx, s)
		if runErr != nil && ctx.Err() != nil {
			return nil, runErr
		}
		return outcome(seen, runErr)
	}
}

// outcome is what test.run gives.
func outcome(seen *capture, err error) (starlark.Value, error) {
	rows, rowsErr := seen.rowValues()
	if rowsErr != nil {
		return nil, rowsErr
	}
	files, filesErr := seen.fileValues()
	if filesErr != nil {
		return nil, filesErr
	}
	fields := starlark.StringDict{
		"ok": starlark.Bool(err == nil), "error": starlark.None, "report": starlark.String(runtime.Report(err)),
		"rows": rows, "output": seen.output(), "logs": seen.logs(), "files": files,
	}
	if err != nil {
		fields["error"] = builtins.NewError(err)
	}
	return starlarkstruct.FromStringDict(starlark.String("outcome"), fields), nil
}

// params turns keyword arguments into what a user would have given for the parameters.
func params(kwargs []starlark.Tuple) (*runtime.Values, error) {
	texts := make(map[string][]string, len(kwargs))
	for _, kv := range kwargs {
		name := string(kv[0].(starlark.String))
		switch v := kv[1].(type) {
		case starlark.NoneType: // as if it were not given
		case *starlark.List:
			texts[name] = []string{}
			for e := range v.Elements() {
				texts[name] = append(texts[name], plainText(e))
			}
		case starlark.String, starlark.Bytes, starlark.Int, starlark.Float, starlark.Bool:
			texts[name] = []string{plainText(v)}
		default:
			return nil, fmt.Errorf("the parameter %s is a %s, want a string, a number, a bool or a list of them", name, v.Type())
		}
	}
	return runtime.NewValues(texts), nil
}

func plainText(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.String:
		return string(v)
	case starlark.Bytes:
		return string(v)
	}
	return v.String()
}
