package hint

// formats are the habits of writing text.
func formats() []rule {
	const (
		width = `% and format take no widths or precision: fmt("%-10s %5d %.2f", a, b, c) does`
		pad   = `use fmt("%-10s", s) or pad(s, 10) for text, fmt("%05d", n) for numbers`
	)
	return []rule{
		on(`^unknown conversion %[-+ #0-9.]`, width),
		on(`^format spec features not supported`, width),
		on(`^unknown conversion %`, `% knows %s %r %d %x %o %f %e %g %c and %%`),
		on(`^format: (?:attribute|element) syntax`, `format takes plain names: "{}".format(x.name)`),
		on(`^(?:too many|not enough) arguments for format string`, `give % one value for each conversion, several in a tuple: "%s %s" % (a, b)`),
		on(`^string has no \.(?:ljust|rjust|center|zfill) `, pad),
		on(`^string has no \.(?:encode|decode) `, `strings are text: bytes(s) gives bytes`),
		on(`^bytes has no \.decode `, `str(b) gives a string`),
		on(`^unknown binary op: string \+ (?:int|float|NoneType|bool|list|dict)|^unknown binary op: (?:int|float) \+ string`, `+ joins strings with strings: str(x), or "%s" % x`),
		on(`^print: unexpected keyword argument "end"`, `print ends each line; join the parts first: "".join(parts)`),
		on(`^print: unexpected keyword argument "(?:file|flush)"`, `print writes to the output; log.info, log.warn and log.error write beside it`),
		on(`^print: unexpected keyword argument`, `print takes sep only`),
		on(`^join: in list, want string`, `join takes strings: ", ".join([str(x) for x in values])`),
	}
}

// values are the habits of using lists, dicts, functions and objects.
func values() []rule {
	const (
		text   = `a string is not a list of characters: for c in s.elems()`
		frozen = `what a parallel function or a job can reach is frozen, and so is what load gives: return a value instead of changing a shared one`
		none   = `the value is None: the object has no such field, or nothing was found; ask first, if x != None:`
	)
	return []rule{
		on(`^list has no \.sort `, `l = sorted(l) gives a sorted list; it takes key = and reverse =`),
		on(`^list has no \.reverse `, `l = reversed(l) gives the list backwards`),
		on(`^(list|dict|set) has no \.copy `, `$1(x) makes a copy`),
		on(`^list has no \.count `, `len([x for x in l if x == value])`),
		on(`^dict has no \.has_key `, `key in d`),
		on(`^dict has no \.(?:iter|view)(items|keys|values) `, `d.$1()`),
		in(`^builtin_function_or_method has no \.fromkeys `, `dict\.`, `{k: None for k in keys}`),
		on(`^module has no \.utcnow |^module has no \.datetime `, `time.now() is in UTC, time.parse_time(text) reads a time, t.strftime("%Y-%m-%d") writes one`),
		on(`^string value is not iterable|got string, want iterable$|argument #\d is not iterable: string`, text),
		on(`^NoneType has no \.|operation NoneType\[|^NoneType value is not iterable|got NoneType, want iterable`, none),
		on(`^invalid call of non-function \(NoneType\)`, none),
		on(`^invalid call of non-function \((\w+)\)`, `a value of type $1 cannot be called: does the name stand for something else here, or are the brackets too much?`),
		in(`^local variable (\w+) referenced before assignment`, `(?:[-+*/%|&]|//|<<|>>)=`, `a function cannot change a global: keep state in a dict, state = {"$1": 0}, and change it with state["$1"] += 1`),
		on(`^local variable (\w+) referenced before assignment`, `$1 is assigned later in this function and therefore local in all of it: give it a value first, or use another name`),
		on(`^global variable (\w+) referenced before assignment`, `$1 gets its value further down, or in a branch that did not run`),
		on(`^(string|tuple|bytes) value does not support item assignment`, `a $1 cannot be changed: make a new one`),
		on(`during iteration`, `a list or dict cannot change while a loop runs over it: loop over a copy, for x in list(values):`),
		on(`frozen (?:list|hash table|dict|set|struct)`, frozen),
		on(`^unknown binary op: dict \+ dict`, `join dicts with |: a | b`),
		on(`^unknown binary op: (?:list|tuple) \+ (list|tuple)$`, `+ joins lists with lists and tuples with tuples: list(t) makes a list`),
		on(`^key .* not in dict`, `d.get(key) gives None for a missing key, d.get(key, 0) a default`),
		on(`^unhashable type: (list|dict|set)`, `a key must be fixed: tuple(l) makes one of a list`),
		on(`^(\w+) < (\w+) not implemented`, `values of different types have no order: sort with key = lambda x: str(x), or convert first`),
		on(`unexpected keyword argument "cmp"`, `sorted takes key = and reverse = only`),
		on(`^unhandled index operation set\[`, `a set has no order: list(s)[0]`),
		on(`^getattr: .* has no \._|has no \._\w+ field`, `names with a leading underscore are private and cannot be reached from a script`),
		on(`^split: empty separator`, `s.elems() gives the characters`),
		on(`^max: argument is an empty|^min: argument is an empty`, `there is nothing to compare: check that the list is not empty`),
		on(`^Starlark stack overflow`, `a function probably calls itself without end`),
		on(`^(?:startswith|endswith): invalid start index: got string`, `give several prefixes as a tuple: s.startswith(("a", "b"))`),
		on(`^unknown binary op: \w+ in (?:int|float|NoneType|bool)`, `"in" looks into lists, dicts, sets and strings`),
	}
}
