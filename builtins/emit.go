package builtins

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
	"go.starlark.net/starlark"
)

func outputBuiltins() []Builtin {
	return []Builtin{
		function("print", printBuiltin, "None", "Prints the values in a line. An object of a server is shown with all that is held of it.",
			Param{Name: "*args"}, Param{Name: "sep", Default: `" "`, Doc: "what stands between the values"}),
		function("emit", emit, "None",
			"Gives the host a result row. It becomes a line of a table, of JSON or of CSV, as the run was asked for.",
			Param{Name: "row", Default: "{}", Doc: "a dict of columns"}, Param{Name: "**columns", Doc: "names and values"}),
		artifactBuiltin(),
		progressBuiltin(),
	}
}

func artifactBuiltin() Builtin {
	b := function("artifact", artifact, "int",
		"Gives the host a file, which is saved where the run was asked to, and says how many bytes it has.",
		Param{Name: "name", Doc: `a file name; "/" makes folders`},
		Param{Name: "data", Doc: "string, bytes, or a file of a server or an endpoint"})
	b.Needs = client.Artifacts
	return b
}

// A printer has a fuller text for print than str shows.
type printer interface{ PrintText() string }

func printBuiltin(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sep := " "
	for _, kv := range kwargs {
		if name := kv[0]; name == starlark.String("end") || name == starlark.String("file") || name == starlark.String("flush") {
			return nil, fmt.Errorf("%s: there is no %s=: build the line first, then print it", b.Name(), string(name.(starlark.String)))
		}
	}
	if err := starlark.UnpackArgs(b.Name(), nil, kwargs, "sep?", &sep); err != nil {
		return nil, err
	}
	texts := make([]string, len(args))
	for i, arg := range args {
		if p, ok := arg.(printer); ok {
			texts[i] = p.PrintText()
		} else {
			texts[i] = textOf(arg)
		}
	}
	return starlark.None, printLine(t, strings.Join(texts, sep))
}

// printLine prints a line where the thread prints, which the interpreter's own print knows.
func printLine(t *starlark.Thread, text string) error {
	_, err := starlark.Universe["print"].(*starlark.Builtin).CallInternal(t, starlark.Tuple{starlark.String(text)}, nil)
	return err
}

func emit(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var dict *starlark.Dict
	if err := starlark.UnpackArgs(b.Name(), args, nil, "row?", &dict); err != nil {
		return nil, err
	}
	var row Row
	add := func(key, v starlark.Value) error {
		name, ok := starlark.AsString(key)
		if !ok || name == "" {
			return fmt.Errorf("%s: got the column name %s, want a string", b.Name(), key)
		}
		if slices.ContainsFunc(row, func(c Cell) bool { return c.Name == name }) {
			return fmt.Errorf("%s: got the column %q twice", b.Name(), name)
		}
		plain, err := bindings.ToGo(v)
		if err != nil {
			return fmt.Errorf("%s: column %q: %w", b.Name(), name, err)
		}
		row = append(row, Cell{name, plain})
		return nil
	}
	if dict != nil {
		for key, v := range dict.Entries() {
			if err := add(key, v); err != nil {
				return nil, err
			}
		}
	}
	for _, kv := range kwargs {
		if err := add(kv[0], kv[1]); err != nil {
			return nil, err
		}
	}
	if len(row) == 0 {
		return nil, fmt.Errorf("%s: got no columns, want emit(name = value, ...)", b.Name())
	}
	host, err := hostOf(t)
	if err == nil {
		err = host.Row(bindings.Context(t), row)
	}
	return named(b, starlark.None, err)
}

// An opener is a value with contents that are read as they arrive, such as a file of a server.
type opener interface {
	Open(ctx context.Context) (io.ReadCloser, error)
}

func artifact(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		name     string
		contents starlark.Value
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &name, "data", &contents); err != nil {
		return nil, err
	}
	if err := CheckArtifactName(name); err != nil {
		return nil, fmt.Errorf("%s: for parameter name: %w", b.Name(), err)
	}
	ctx := bindings.Context(t)
	var r io.Reader
	switch v := contents.(type) {
	case opener:
		f, err := v.Open(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", b.Name(), name, err)
		}
		defer f.Close()
		r = f
	case starlark.String:
		r = strings.NewReader(string(v))
	case starlark.Bytes:
		r = strings.NewReader(string(v))
	default:
		return nil, fmt.Errorf("%s: for parameter data: got %s, want string, bytes or a file: json.encode makes text of a value",
			b.Name(), v.Type())
	}
	host, err := hostOf(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	size, err := host.Artifact(ctx, name, r)
	if err != nil {
		return nil, fmt.Errorf("%s: %q: %w", b.Name(), name, err)
	}
	return starlark.MakeInt64(size), nil
}
