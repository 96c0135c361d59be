package builtins

import (
	"fmt"
	"log/slog"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
)

func logModule() Builtin {
	params := []Param{
		{Name: "message", Doc: "text; with args, a format as of fmt"},
		{Name: "*args"},
		{Name: "**fields", Doc: "facts that go with the line"},
	}
	line := func(name string, level slog.Level, doc string) Builtin {
		return function("log."+name, logLine(level), "None", doc, params...)
	}
	return module("log", "Log lines, which stand beside the output and not in it.",
		line("debug", slog.LevelDebug, "Logs a detail, shown with --verbose."),
		line("info", slog.LevelInfo, "Logs what is going on."),
		line("warn", slog.LevelWarn, "Logs what someone should look at."),
		line("error", slog.LevelError, "Logs what went wrong, and goes on."),
	)
}

func logLine(level slog.Level) attrs.Func {
	return func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			return nil, fmt.Errorf("%s: missing argument for message", b.Name())
		}
		text := textOf(args[0])
		if len(args) > 1 {
			f := &formatter{format: text, args: args[1:]}
			var err error
			if text, err = f.run(); err != nil {
				return nil, fmt.Errorf("%s: %w", b.Name(), err)
			}
		}
		fields := make([]slog.Attr, len(kwargs))
		for i, kv := range kwargs {
			v, err := bindings.ToGo(kv[1])
			if err != nil {
				v = kv[1].String() // a log line must not end the script
			}
			fields[i] = slog.Any(string(kv[0].(starlark.String)), v)
		}
		host, err := hostOf(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
		host.Log(bindings.Context(t), level, text, fields)
		return starlark.None, nil
	}
}
