package client

import (
	"context"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// Style is the way in which a group of models is queried: how conditions are written and how pages are asked for.
type Style struct {
	Name string // for the reference, as "search"
	Doc  string
	// PageSize is how many rows are asked for at once. Zero means that the whole list is read at once, and filtered
	// and sorted here.
	PageSize int
	// Page reads rows from start on. A style without pages ignores start and rows.
	Page func(ctx context.Context, q *Query, start, rows int) (Page, error)
	// Count asks for the number of rows alone. A style without pages has none.
	Count func(ctx context.Context, q *Query) (int, error)
	// Check refuses a condition that the server would not take; nil takes everything.
	Check func(q *Query, condition string) error
	// Term writes a keyword condition, field = one of values, so that no value can become syntax.
	Term func(q *Query, field string, values []any) (string, error)
	// Parts divides a query that is too long for one request, because of a keyword condition with many values, into
	// several that together have its results; nil, or fewer than two, when it need not be divided.
	Parts func(ctx context.Context, q *Query) ([]*Query, error)
	// Identity tells the results of such parts apart: results with the same text are one. A style with Parts has it.
	Identity func(q *Query, o *Object) string
	// Disjoint reports whether no result can be in two of the parts. A style with Parts has it.
	Disjoint func(q *Query, parts []*Query) bool
	// Text shows the query to a person.
	Text func(q *Query) string
	// Local says that the list is filtered and sorted here, because the server does neither.
	Local bool
	// Sorting says that the results can be ordered.
	Sorting bool
	// DefaultSort is the order when the query sets none.
	DefaultSort func(k *Kind) string
	Methods     []QueryMethod
}

// Page is a part of the results.
type Page struct {
	Rows  []jsondoc.Doc
	Total int // of the whole query; -1 when the server does not say
}

// DocsIn reads the rows of an answer that is an object with a list under key, and the object itself.
func (c *Client) DocsIn(resp *Response, k *Kind, key string) (rows []jsondoc.Doc, rest jsondoc.Doc, err error) {
	if err := c.unknown(resp); err != nil {
		return nil, rest, err
	}
	rows, rest, err = jsondoc.ParsePage(resp.Body, key, c.shapesOf(k))
	if err != nil {
		return nil, rest, c.BadAnswer(resp, err)
	}
	return rows, rest, nil
}

// Docs reads the rows of an answer that is a list. Status 204 gives none.
func (c *Client) Docs(resp *Response, k *Kind) ([]jsondoc.Doc, error) {
	if resp.Status == 204 {
		return nil, nil
	}
	if err := c.unknown(resp); err != nil {
		return nil, err
	}
	rows, err := jsondoc.ParseArray(resp.Body, c.shapesOf(k))
	if err != nil {
		return nil, c.BadAnswer(resp, err)
	}
	return rows, nil
}

// DocsByName reads the rows of an answer that is an object of objects.
func (c *Client) DocsByName(resp *Response, k *Kind) ([]jsondoc.Doc, error) {
	if err := c.unknown(resp); err != nil {
		return nil, err
	}
	_, rows, err := jsondoc.ParseMembers(resp.Body, c.shapesOf(k))
	if err != nil {
		return nil, c.BadAnswer(resp, err)
	}
	return rows, nil
}

// DocOf gives a value of an answer as a document of a model; false when it is not an object.
func (c *Client) DocOf(k *Kind, v jsondoc.Value) (jsondoc.Doc, bool) { return v.Doc(c.shapesOf(k)) }
