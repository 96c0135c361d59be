package builtins

import (
	"fmt"

	"go.starlark.net/starlark"
)

// maxRange bounds range, whose items a single builtin such as sorted would copy out of the reach of every limit.
const maxRange = 50_000_000

func iterationBuiltins() []Builtin {
	return []Builtin{
		function("zip", zip, "list of tuples",
			"Gives the first items of all iterables as a tuple, then the second ones, to the end of the shortest.",
			Param{Name: "*iterables"}),
		function("enumerate", enumerate, "list of (index, item)", "Numbers the items.",
			Param{Name: "iterable"}, Param{Name: "start", Default: "0", Doc: "the number of the first item"}),
		function("len", length, "int", "Gives how many items there are. For a query it asks the server.", Param{Name: "x"}),
		function("range", boundedRange, "range",
			fmt.Sprintf("Gives the integers from start up to, but without, stop. At most %d of them.", maxRange),
			Param{Name: "start", Default: "0"}, Param{Name: "stop"}, Param{Name: "step", Default: "1"}),
	}
}

// zip is the interpreter's zip without its trust in Len: a server's total may differ from the number of results that it
// delivers, and the interpreter's own then leaves nil values in the tuples.
func zip(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, fmt.Errorf("%s: unexpected keyword arguments", b.Name())
	}
	its := make([]starlark.Iterator, 0, len(args))
	defer func() {
		for _, it := range its {
			it.Done()
		}
	}()
	for i, arg := range args {
		it := starlark.Iterate(arg)
		if it == nil {
			return nil, fmt.Errorf("%s: for parameter %d: got %s, want iterable", b.Name(), i+1, arg.Type())
		}
		its = append(its, it)
	}
	var rows []starlark.Value
	for len(its) > 0 {
		row := make(starlark.Tuple, len(its))
		for i, it := range its {
			if !it.Next(&row[i]) {
				return starlark.NewList(rows), nil
			}
		}
		rows = append(rows, row)
	}
	return starlark.NewList(nil), nil
}

// enumerate is the interpreter's enumerate without its trust in Len, see zip.
func enumerate(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		iterable starlark.Iterable
		start    int
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "iterable", &iterable, "start?", &start); err != nil {
		return nil, err
	}
	it := iterable.Iterate()
	defer it.Done()
	var pairs []starlark.Value
	var item starlark.Value
	for i := start; it.Next(&item); i++ {
		pairs = append(pairs, starlark.Tuple{starlark.MakeInt(i), item})
	}
	return starlark.NewList(pairs), nil
}

// A counted value knows how many items it has, while its Len, by which the interpreter makes room for them, may be less.
type counted interface {
	Count() (int, error)
}

// length is the interpreter's len, but for values whose Len is bounded, and with their error instead of a panic.
func length(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 1 {
		if c, ok := args[0].(counted); ok {
			n, err := c.Count()
			if err != nil {
				return nil, err
			}
			return starlark.MakeInt(n), nil
		}
	}
	return starlark.Universe["len"].(*starlark.Builtin).CallInternal(t, args, kwargs)
}

func boundedRange(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	// Not starlark.Call: the frame of the interpreter's own range would stand under ours in a backtrace.
	stock := starlark.Universe["range"].(*starlark.Builtin)
	v, err := stock.CallInternal(t, args, kwargs)
	if err != nil {
		return nil, err
	}
	if n := starlark.Len(v); n > maxRange {
		return nil, fmt.Errorf("%s: got %d numbers, want at most %d", b.Name(), n, maxRange)
	}
	return v, nil
}
