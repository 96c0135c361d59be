package response

import (
	"context"
	"fmt"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// arrayStyle is the query of what belongs to one object of another model: exactly one condition, on the field that
// holds that object's id. An answer that is no list means that there is nothing.
//
// Source: contract/query.md, section 2, "Array queries".
func arrayStyle(field string, path func(id string) (string, error)) *client.Style {
	return ownedStyle(map[string]func(string) (string, error){field: path}, field)
}

// ownedStyle is an arrayStyle with the choice of several fields; the first is what an error recommends.
func ownedStyle(paths map[string]func(id string) (string, error), fields ...string) *client.Style {
	names := strings.Join(fields, " or ")
	condition := func(q *client.Query, term string) (string, error) {
		field, id, ok := strings.Cut(term, ":")
		path := paths[field]
		if !ok || path == nil {
			return "", client.Errorf("where: got %q for a %s query, want %q: the field must be %s", term, q.Kind().Name, fields[0]+":<id>", names)
		}
		return path(id)
	}
	return &client.Style{
		Name: "array",
		Doc:  fmt.Sprintf("Exactly one condition is needed, where(\"%s:<id>\"); the whole list is read in one request.", fields[0]),
		Check: func(q *client.Query, term string) error {
			if len(q.Terms()) > 0 {
				return client.Errorf("cannot have multiple 'where' clauses: a %s query takes one", q.Kind().Name)
			}
			_, err := condition(q, term)
			return err
		},
		Term: func(q *client.Query, field string, values []any) (string, error) {
			if len(values) != 1 {
				return "", client.Errorf("where: a %s query takes one value for %s, got %d", q.Kind().Name, field, len(values))
			}
			return field + ":" + idText(values[0]), nil
		},
		Page: func(ctx context.Context, q *client.Query, _, _ int) (client.Page, error) {
			if len(q.Terms()) == 0 {
				return client.Page{}, client.Errorf("a %s query needs a condition: where(\"%s:<id>\")", q.Kind().Name, fields[0])
			}
			path, err := condition(q, q.Terms()[0])
			if err != nil {
				return client.Page{}, err
			}
			return listPage(ctx, q, path)
		},
	}
}

// idText gives an object's id, or a value as it prints.
func idText(v any) string {
	if o, ok := v.(*client.Object); ok {
		return o.ID().Key
	}
	return client.ShowValue(v)
}

func listPage(ctx context.Context, q *client.Query, path string) (client.Page, error) {
	c := q.Client()
	resp, err := c.Do(ctx, client.Request{Path: path})
	if err != nil {
		return client.Page{}, err
	}
	answer, err := c.JSON(resp)
	if err != nil {
		return client.Page{}, err
	}
	if answer.Kind() != jsondoc.Array {
		return client.Page{Total: -1}, nil
	}
	rows, err := c.Docs(resp, q.Kind())
	return client.Page{Rows: rows, Total: -1}, err
}

// numbered refuses an id that is not a number before it is sent.
func numbered(path func(id string) (string, error)) func(id string) (string, error) {
	return func(id string) (string, error) {
		if n, ok := wholeNumber(id); !ok || n < 0 {
			return "", client.Errorf("where: got %q for an id, want a number", id)
		}
		return path(id)
	}
}
