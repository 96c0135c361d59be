// Package search is the query language of Cb Response's search box: a parser, an evaluator over documents of any kind,
// orders and facets.
//
//	q, err := search.Parse(`process_name:net.exe cmdline:\\test\blah -username:SYSTEM`)
//	m, err := search.Compile(q, schema, now)
//	e := m.Evaluator()
//	for _, doc := range docs {
//		if e.Match(doc) { ... }
//	}
//
// # The language
//
// Terms stand side by side, which means "and"; and, or, not and parentheses combine them, or binding weaker than and.
// A minus sign before a term negates it. A term is field:value, or a bare word that is looked for in the fields which
// the schema names. A value is a word, a text in double quotes, a range [a TO b] (with braces the bound is excluded,
// * is no bound), or a list in parentheses, field:(a or b). The asterisk stands for any text, except in quotes.
//
// A backslash takes the meaning from a following space, quotation mark, parenthesis or colon, and everywhere else is
// the backslash of a path: paths are written as they are. How much of a backslash there is never matters, because all
// kinds of fields that can contain one are compared by the parts between.
//
// Comparison ignores case. How a value is compared depends on the [Kind] of the field.
package search

// Kind says how the values of a field are compared.
type Kind int

// The kinds of fields.
const (
	// Keyword is equal as a whole.
	Keyword Kind = iota + 1
	// Words is text: the words asked for follow each other somewhere in it.
	Words
	// Path is a file, registry or account name: the parts asked for follow each other somewhere in it.
	Path
	// Command is a command line, cut into tokens as the server does: see tokens.
	Command
	// Domain is a host name: the labels asked for follow each other somewhere in it.
	Domain
	// IP is an address; a network in CIDR form contains its addresses.
	IP
	// Bool is true or false.
	Bool
	// Number is a whole number.
	Number
	// Time is an instant in microseconds since 1970 UTC. It can be asked for relative to now: -2h means since then,
	// with the units s, m, h, d and w.
	Time
)

// Doc is a document as the evaluator sees it.
type Doc interface {
	// Strings appends the values of a field of any kind but Number and Time to buf. Letters must be in lower case.
	Strings(field string, buf []string) []string
	// Numbers appends the values of a Number or Time field to buf.
	Numbers(field string, buf []int64) []int64
}

// Schema names the fields of a kind of document.
type Schema struct {
	Fields map[string]Kind
	// Families are fields whose names are not known beforehand, by their common beginning, such as "alliance_score_".
	Families map[string]Kind
	// Bare lists the fields in which a word without a field is looked for.
	Bare []string
}

// kind gives the kind of a field, 0 for an unknown one.
func (s *Schema) kind(field string) Kind {
	if k, ok := s.Fields[field]; ok {
		return k
	}
	for prefix, k := range s.Families {
		if len(field) > len(prefix) && field[:len(prefix)] == prefix {
			return k
		}
	}
	return 0
}
