package check

import (
	"net/url"
	"slices"
	"strings"

	"go.starlark.net/syntax"
)

// place is where an expression stands in the script: what the code around it calls it.
type place struct {
	// around holds the names on the way outwards, the nearest first.
	around *label
	// box is the innermost container or argument list that the expression is an item of.
	box *box
	// prefix is the constant text that is joined directly before the expression.
	prefix string
	// line is the line where the statement begins.
	line int
	kind textKind
	// sought is set in a container in which data is looked up by in: credentials are sent, not looked for.
	sought bool
	// call is set for a direct argument of a call.
	call *argument
	// part is set inside an expression that is judged as a whole.
	part bool
}

// label is one name around an expression.
type label struct {
	name string
	kind labelKind
	next *label
}

type labelKind int

const (
	// valueName is an assigned name, a keyword, a dict key, a field.
	valueName labelKind = iota
	// assignedField is a keyword argument or an assigned attribute: where a model's secret fields are set.
	assignedField
	// comparedName is the other side of a comparison.
	comparedName
	// calleeName is the called function.
	calleeName
	// barrier separates the argument of a call from what the call's result is called.
	barrier
)

// box is a list, tuple, dict, set or argument list.
type box struct {
	items  []syntax.Expr
	node   syntax.Node
	dict   bool // the values of a dict
	keys   bool // the keys of a dict
	isCall bool
	outer  *box
}

// argument is a position in a call.
type argument struct {
	callee string
	// index is the position, -1 for a keyword.
	index   int
	keyword string
}

func (p place) named(name string, kind labelKind) place {
	if name != "" {
		p.around = &label{name, kind, p.around}
	}
	return p
}

func (p place) within(b *box) place {
	b.outer = p.box
	p.box, p.call, p.prefix = b, nil, ""
	return p
}

// outside says what the code around the place says about a value of shape s.
func (p place) outside(s shape, boxes *boxCounter) reading {
	if p.prefix != "" {
		text := p.prefix + strings.Repeat("0", 8)
		r := readAround(text, match{len(p.prefix), len(text), s}, codeText)
		if r.sense != neutral {
			return r
		}
	}
	if p.call != nil && p.call.callee == "select" && p.call.index >= 1 && (s == guid || s == guid4) {
		return reading{sense: indicator, why: "id of an object"}
	}
	for l := p.around; l != nil; l = l.next {
		if l.kind == barrier {
			continue
		}
		if isHash(l.name) || l.kind == valueName && fileEnd.MatchString(l.name) {
			return reading{sense: indicator, why: "beside a hash or file"}
		}
		if r := readName(l.fullName()).senseFor(s); r != neutral {
			return reading{r, describe(l), l.name}
		}
	}
	return p.neighbours(s, boxes)
}

// fullName gives the name, and for a dict's "key" or "id" the name of the dict before it.
func (l *label) fullName() string {
	if name := strings.ToLower(l.name); (name == "key" || name == "id") && l.next != nil && l.next.kind == valueName {
		return l.next.name + " " + name
	}
	return l.name
}

func describe(l *label) string {
	switch l.kind {
	case calleeName:
		return "given to " + l.name
	case comparedName:
		return "compared with " + l.name
	}
	return "named " + l.name
}

// neighbours judges the other items of the containers around the place.
func (p place) neighbours(s shape, boxes *boxCounter) reading {
	for b := p.box; b != nil; b = b.outer {
		if len(b.items) <= 6 && besideServer(b) {
			return reading{sense: credential, why: "beside the URL of a server"}
		}
		if len(b.items) <= 8 {
			if r := besideText(b, s); r.sense != neutral {
				return r
			}
		}
		if b.isCall {
			break
		}
		alike := 3
		if b.keys || p.sought {
			alike = 2 // tokens are values: what several keys have in common identifies something
		}
		if boxes.count(b, s) >= alike && !(b.dict && boxes.servers(b)) {
			return reading{sense: indicator, why: "one of several in a list"}
		}
	}
	return reading{}
}

// besideText reads the short texts beside a value: a type such as "sha1", the name of a file.
func besideText(b *box, s shape) reading {
	var best reading
	for _, e := range b.items {
		v, ok := literalText(itemValue(e))
		if !ok || len(v) > 64 || len(findShapes(v)) > 0 {
			continue
		}
		if r := readWords(proseWordsOf(v), s); r.sense > best.sense {
			best = r
		}
	}
	return best
}

// besideConnectorID reports whether an item of the box has the form of a connector id.
func besideConnectorID(b *box) bool {
	if b == nil || len(b.items) > 12 {
		return false
	}
	return slices.ContainsFunc(b.items, func(e syntax.Expr) bool {
		v, ok := literalText(itemValue(e))
		return ok && connectorID(v)
	})
}

// itemValue gives the value of a dict entry or keyword argument, and another item as it is.
func itemValue(e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.DictEntry:
		return e.Value
	case *syntax.BinaryExpr:
		if e.Op == syntax.EQ {
			return e.Y
		}
	}
	return e
}

// besideServer reports whether an item of the box is the URL of a server: a scheme, a host and no path.
func besideServer(b *box) bool {
	for _, e := range b.items {
		s, ok := literalText(itemValue(e))
		if !ok || !strings.HasPrefix(s, "http") {
			continue
		}
		if u, err := url.Parse(s); err == nil && u.Host != "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
			return true
		}
	}
	return false
}

// secretName gives the name that makes any text at the place a secret; nil when none does. A nearer name that says
// what the text is ends the search, and so does the argument list of a call.
func (p place) secretName() *label {
	for l := p.around; l != nil; l = l.next {
		n := readName(l.fullName())
		switch {
		case l.kind == barrier:
			return nil
		case l.kind == calleeName:
			if n.holdsSecret() && takesSecret(l.name, n) {
				return l
			}
		case n.holdsSecret():
			return l
		case n.cred, len(n.words) > 0 && benignHeads.has(n.words[len(n.words)-1]):
			return nil
		}
	}
	return nil
}

// takesSecret reports whether a function whose name holds a credential's word takes the credential as argument:
// set_password and Token do, get_token and is_password do not.
func takesSecret(name string, n naming) bool {
	if name[0] >= 'A' && name[0] <= 'Z' {
		return true
	}
	switch n.words[0] {
	case "set", "use", "with", "add", "make", "store", "put", "push", "save", "send", "login", "auth", "authenticate", "register":
		return true
	}
	return len(n.words) == 1
}

// boxCounter counts the values of each shape in a container, once.
type boxCounter struct {
	shapes map[syntax.Node]map[shape]int
	server map[syntax.Node]bool
}

func newBoxCounter() *boxCounter {
	return &boxCounter{map[syntax.Node]map[shape]int{}, map[syntax.Node]bool{}}
}

func (c *boxCounter) count(b *box, s shape) int {
	counts, ok := c.shapes[b.node]
	if !ok {
		counts = map[shape]int{}
		for _, e := range b.items {
			syntax.Walk(e, func(n syntax.Node) bool {
				if lit, ok := n.(*syntax.Literal); ok {
					if v, ok := lit.Value.(string); ok && len(v) <= 4096 {
						for _, m := range findShapes(v) {
							counts[m.shape]++
						}
					}
				}
				return true
			})
		}
		c.shapes[b.node] = counts
	}
	return counts[s]
}

// servers reports whether a key of the dict is what servers or their owners are called.
func (c *boxCounter) servers(b *box) bool {
	found, ok := c.server[b.node]
	if !ok {
		for _, e := range b.items {
			if entry, isEntry := e.(*syntax.DictEntry); isEntry {
				if lit, isLit := entry.Key.(*syntax.Literal); isLit {
					if v, isText := lit.Value.(string); isText {
						found = found || readName(v).namesServer()
					}
				}
			}
		}
		c.server[b.node] = found
	}
	return found
}
