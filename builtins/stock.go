package builtins

import "go.starlark.net/starlark"

// stock describes the names that the interpreter itself gives scripts, for help and the reference.
func stock() []Builtin {
	describe := func(name, returns, doc string, params ...Param) Builtin {
		return Builtin{Name: name, Params: params, Returns: returns, Doc: doc, Value: starlark.Universe[name]}
	}
	x, iterable := Param{Name: "x"}, Param{Name: "iterable"}
	key := Param{Name: "key", Default: "None", Doc: "a function whose result is compared instead"}
	return []Builtin{
		describe("None", "", "The value that stands for nothing."),
		describe("True", "", "The truth value of what holds."),
		describe("False", "", "The truth value of what does not hold."),
		describe("abs", "number", "Gives a number without its sign.", x),
		describe("all", "bool", "Says whether every item is true.", iterable),
		describe("any", "bool", "Says whether at least one item is true.", iterable),
		describe("bool", "bool", "Says whether a value is true: not zero, not empty.", x),
		describe("bytes", "bytes", "Makes bytes of a text in UTF-8 or of numbers.", x),
		describe("chr", "string", "Gives the character with a number.", Param{Name: "i"}),
		describe("dict", "dict", "Makes a dict of pairs and named values.",
			Param{Name: "pairs", Default: "[]"}, Param{Name: "**named"}),
		describe("dir", "list of strings", "Lists the attributes of a value.", x),
		describe("float", "float", "Makes a float of a number or a text.", x),
		describe("hash", "int", "Gives a number that is equal for equal texts.", x),
		describe("int", "int", "Makes an int of a number or a text.", x,
			Param{Name: "base", Default: "10", Doc: "for a text; 0 goes by its prefix"}),
		describe("list", "list", "Makes a list of the items.", Param{Name: "iterable", Default: "[]"}),
		describe("max", "any", "Gives the largest item, or the largest argument.", Param{Name: "*args"}, key),
		describe("min", "any", "Gives the smallest item, or the smallest argument.", Param{Name: "*args"}, key),
		describe("ord", "int", "Gives the number of a character.", Param{Name: "s"}),
		describe("repr", "string", "Gives the text of a value as a script would write it.", x),
		describe("reversed", "list", "Gives the items from the last to the first.", iterable),
		describe("set", "set", "Makes a set of the items.", Param{Name: "iterable", Default: "[]"}),
		describe("sorted", "list", "Gives the items in order.", iterable, key,
			Param{Name: "reverse", Default: "False", Doc: "True for the largest first"}),
		describe("str", "string", "Gives the text of a value.", x),
		describe("tuple", "tuple", "Makes a tuple of the items.", Param{Name: "iterable", Default: "()"}),
		describe("type", "string", `Gives the name of a value's type, such as "int".`, x),
	}
}
