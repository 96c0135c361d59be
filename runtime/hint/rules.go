package hint

import (
	"regexp"
	"slices"
	"sync"
)

// rules are tried in order, the first that matches counts. They are compiled when the first error asks for them.
var rules = sync.OnceValue(func() []rule { return slices.Concat(statements(), expressions(), formats(), values()) })

// on makes a rule for every line.
func on(message, hint string) rule { return rule{regexp.MustCompile(message), nil, hint} }

// in makes a rule for lines that match a pattern too.
func in(message, line, hint string) rule {
	return rule{regexp.MustCompile(message), regexp.MustCompile(line), hint}
}

// statements are words and forms that begin a line.
func statements() []rule {
	const (
		attempt  = `Starlark has no try: r = attempt(fn, arg, ...) calls a function and gives r.ok, r.value and r.error.kind`
		parallel = `Starlark has no async: parallel(fn, items) calls fn for all items at once`
	)
	return []rule{
		on(`^got class, want`, `Starlark has no classes: struct(name = value, ...) makes an object, a dict keeps state that changes`),
		on(`^got (?:try|except|finally), want`, attempt),
		on(`^got raise, want`, `Starlark has no raise: fail("text") ends the script with an error`),
		in(`^got with, want`, `with .*lr_session`, `Starlark has no with: pass a function, sensor.lr_session(fn) calls fn(session) and closes the session whatever happens`),
		on(`^got with, want`, `Starlark has no with: call what it opens, use it, and call its close(); what is left open is closed when the script ends`),
		on(`^got del, want`, `Starlark has no del: d.pop(key) removes a key, l.pop(i) an element`),
		on(`^got (?:global|nonlocal), want`, `Starlark has no global: keep state in a dict, state = {"n": 0}, and change it with state["n"] += 1`),
		on(`^got yield, want`, `Starlark has no generators: collect the values in a list and return it, or call a function for each`),
		on(`^got async, want|^got await, want`, parallel),
		in(`^got identifier, want|^got def, want`, `^\s*(?:async|await)\b`, parallel),
		on(`^got as, want`, `Starlark has no "as": assign the value to a name`),
		in(`^got (?:identifier|string literal|int literal|float literal|not|'[\[({-]'), want newline`, `^\s*assert\b`, `Starlark has no assert: if not condition: fail("text")`),
		in(`want newline`, `^\s*print\s+["'\w]`, `print is a function: print("text")`),
		in(`want newline`, `^\s*exec\s+["'\w]`, `a script cannot run text as code; json.decode reads data`),
		in(`^got else, want`, `^\s*else\s+if\b`, `write elif condition:`),
		in(`^got else, want`, `^\s*else\s*:`, `else belongs to an if, at the same indentation; Starlark has no else after a for`),
		on(`does not support while loops`, `Starlark has no while: for _ in range(1000) with break does the same, and is sure to end`),
		in(`unexpected input character '@'`, `^\s*@\w`, `Starlark has no decorators: call the function yourself, f = decorate(f)`),
		in(`^got (?:int literal|identifier|string literal), want newline`, `^\s*(?:match|switch|case)\b`, `Starlark has no match: use if and elif, or a dict from value to function`),
		in(`^got identifier, want newline`, `^\s*(?:var|let|const)\s`, `assign without a keyword: name = value`),
		in(`^got identifier, want newline`, `^\s*(?:function|func|fn)\s`, `write def name(args):`),
		in(`^got identifier, want newline`, `=\s*new\s`, `call the function that makes it, without new`),
		on(`^got '\{', want ':'`, `a block begins with a colon and is indented; Starlark has no braces around it`),
		on(`^got newline, want ':'`, `a colon is missing at the end of the line`),
		on(`^got '=', want ':'`, `compare with ==; = assigns, which a condition cannot do`),
		on(`want indent$`, `indent the lines that belong to the statement above, by four spaces`),
		on(`^got indent, want`, `this line is indented, but belongs to no statement above it`),
		on(`^unindent does not match|inconsistent|^got outdent`, `indent all lines of a block by the same spaces`),
		on(`^return statement not within a function`, `return ends a function; put the script's work into def main(): and call main()`),
		on(`^load statement within a`, `write load at the top level of the file, its names are visible in functions`),
		on(`^load: names with leading underscores are not exported: (\w+)`, `names with a leading underscore are private to their file: rename $1 there`),
	}
}

// expressions are operators and literals.
func expressions() []rule {
	const (
		power    = `Starlark has no **: pow(2, 3), or x * x`
		generate = `Starlark has no generator expressions: write a list, [x for x in values]`
		types    = `Starlark has no type annotations: leave them out`
		isNone   = `Starlark has no "is": x == None, x != None`
		number   = `write numbers without underscores and suffixes`
	)
	return []rule{
		in(`^got string literal, want`, `\b[fF][rR]?["']`, `Starlark has no f-strings: "{}".format(x), or fmt("%-8s", x) for widths`),
		in(`^got string literal, want`, `\b(?:[uU]|[bB][rR])["']`, `write "text", r"raw text" or b"bytes"`),
		in(`^got string literal, want`, `["']\s*["']|^\s*["']`, `strings do not join by standing side by side: put + between them`),
		on(`^got (?:is|not), want (?:newline|':'|'\)'|',')`, isNone),
		in(`^got '\*\*', want primary`, `\{\s*\*\*|,\s*\*\*`, `join dicts with |: a | b; in a call ** works as in Python`),
		on(`^got '\*\*=?', want`, power),
		in(`^got '\*', want primary`, `\[\s*\*|,\s*\*\w+\s*[\],=]|\(\s*\*`, `* works in calls and parameters only: join lists with +, take the rest by a slice, x[1:]`),
		in(`^got (?:','|'\}'), want ':'`, `\{`, `Starlark has no set literal: set([1, 2])`),
		in(`^got for, want ':'`, `\{`, `Starlark has no set comprehension: set([x for x in values])`),
		on(`^got for, want (?:'\)'|',')`, generate),
		on(`^(<|<=|>|>=|==|!=|in) does not associate with`, `comparisons do not chain: a < x and x < b`),
		in(`^got ':', want '\)'`, `\w\s*:=`, `Starlark has no :=, assign on a line of its own`),
		in(`^got ':', want`, `^\s*\w+\s*:=`, `assign with =`),
		in(`^got ':', want (?:'\)'|',')`, `\bdef\b`, types),
		in(`^got '-', want ':'`, `\)\s*->`, types),
		in(`^got ':', want newline`, `^\s*[\w.]+\s*:\s*\w`, types),
		in(`want primary expression`, `\w\s*(?:\+\+|--)`, `Starlark has no ++ and --: x += 1`),
		in(`want primary expression`, `&&`, `write "and" for &&`),
		in(`want primary expression`, `\|\|`, `write "or" for ||`),
		in(`want primary expression`, `<>`, `write != for <>`),
		in(`want primary expression`, `=>`, `write lambda x: x + 1`),
		in(`want primary expression`, `\.\.\.`, `write pass for a body without statements`),
		in(`unexpected input character '!'`, `!`, `write "not" for !, and != for different`),
		in(`unexpected input character '\?'`, `\?\.`, `write x.name if x else None`),
		in(`unexpected input character '\?'`, `\?`, `write a if condition else b`),
		on("unexpected input character '`'", `use str(x) for backquotes`),
		on(`unexpected input character '[“”‘’„«»]'`, `these are typographic quotes: write " or '`),
		in(`^got identifier, want newline`, `\b\d+(?:_\d+|[lLjJ]\b)`, number),
		on(`^obsolete form of octal`, `a leading zero is an octal number in other languages: write 0o17, or the digits without it`),
		in(`^got identifier, want`, `'[^']*'\w`, `a quote inside a string ends it: use the other kind of quote around it, "it's"`),
		on(`^unexpected EOF in string|^unexpected newline in string`, `the string does not end on its line: close the quote, or use """ for text of several lines`),
		on(`^got end of file, want '([\])}])'`, `a bracket is not closed: $1 is missing`),
		on(`^unexpected '([\])}])'`, `there is one $1 too many`),
		on(`^conditional expression without else`, `write x if condition else None`),
		in(`^got else, want '\]'`, `\bif\b.*\belse\b`, `in a comprehension the else comes first: [a if c else b for x in values]`),
		in(`^not an identifier`, `\bdef\b.*/`, `Starlark has no / in parameters: leave it out`),
		in(`^got (?:identifier|int literal), want newline`, `\w\s+\w`, `an operator, a comma or brackets are missing between these`),
	}
}
