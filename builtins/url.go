package builtins

import (
	"fmt"
	"net/url"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

func urlModule() Builtin {
	text := Param{Name: "s"}
	return module("url", "Addresses of the web.",
		function("url.parse", urlParse, "struct",
			"Takes a URL apart: scheme, username, host, port (an int or None), path, query and fragment. A password is left out.", text),
		function("url.parse_qs", urlParseQuery, "dict of lists", "Reads a query string: the values of each name, in order.",
			Param{Name: "query"}),
		function("url.urlencode", urlEncode, "string", "Writes a query string.",
			Param{Name: "query", Doc: "a dict whose values are single or lists"}),
		function("url.quote", transform("s", func(s string) (starlark.Value, error) {
			return starlark.String(strings.ReplaceAll(url.QueryEscape(s), "+", "%20")), nil
		}), "string", "Escapes a text, / included, so that it can stand in a URL.", text),
		function("url.unquote", transform("s", func(s string) (starlark.Value, error) {
			plain, err := url.PathUnescape(s)
			return starlark.String(plain), err
		}), "string", "Takes the escapes of a text away.", text),
	)
}

func urlParse(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "s", &s); err != nil {
		return nil, err
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %q is not a URL", b.Name(), s)
	}
	var port starlark.Value = starlark.None
	if p := u.Port(); p != "" {
		n := 0
		if _, err := fmt.Sscanf(p, "%d", &n); err != nil || n > 65535 {
			return nil, fmt.Errorf("%s: %q has the port %q", b.Name(), s, p)
		}
		port = starlark.MakeInt(n)
	}
	return starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{
		"scheme":   starlark.String(u.Scheme),
		"username": starlark.String(u.User.Username()),
		"host":     starlark.String(u.Hostname()),
		"port":     port,
		"path":     starlark.String(u.Path),
		"query":    starlark.String(u.RawQuery),
		"fragment": starlark.String(u.Fragment),
	}), nil
}

func urlParseQuery(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "query", &s); err != nil {
		return nil, err
	}
	out := new(starlark.Dict)
	for part := range strings.SplitSeq(strings.TrimPrefix(s, "?"), "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if err == nil {
			value, err = url.QueryUnescape(value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", b.Name(), part, err)
		}
		list, found, err := out.Get(starlark.String(name))
		if err != nil {
			return nil, err
		}
		if !found {
			list = starlark.NewList(nil)
			if err := out.SetKey(starlark.String(name), list); err != nil {
				return nil, err
			}
		}
		if err := list.(*starlark.List).Append(starlark.String(value)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func urlEncode(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var query *starlark.Dict
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "query", &query); err != nil {
		return nil, err
	}
	var parts []string
	add := func(name, value starlark.Value) {
		parts = append(parts, url.QueryEscape(textOf(name))+"="+url.QueryEscape(textOf(value)))
	}
	for name, value := range query.Entries() {
		list, ok := value.(starlark.Iterable)
		if !ok {
			add(name, value)
			continue
		}
		for e := range starlark.Elements(list) {
			add(name, e)
		}
	}
	return starlark.String(strings.Join(parts, "&")), nil
}
