package response

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// records are the objects of a model that clients can change, kept as the documents that clients send and receive. A
// document is replaced and never changed. Everything needs the product's lock.
type records struct {
	key  string // the field that holds the id
	docs map[string]map[string]any
	next int // the id of the next new object, where ids are numbers
}

func newRecords(key string, docs ...map[string]any) *records {
	r := &records{key: key, docs: make(map[string]map[string]any), next: 1}
	for _, doc := range docs {
		r.put(doc)
	}
	return r
}

func (r *records) id(doc map[string]any) string { return fmt.Sprint(doc[r.key]) }

// put keeps a document in the place of the one with the same id.
func (r *records) put(doc map[string]any) {
	id := r.id(doc)
	r.docs[id] = doc
	if n, err := strconv.Atoi(id); err == nil {
		r.next = max(r.next, n+1)
	}
}

// add keeps a new document and gives its number.
func (r *records) add(doc map[string]any) int {
	n := r.next
	doc[r.key] = n
	r.put(doc)
	return n
}

// all lists the documents by id: numbers by their size, before texts.
func (r *records) all() []map[string]any {
	list := slices.Collect(maps.Values(r.docs))
	slices.SortFunc(list, func(a, b map[string]any) int {
		x, errX := strconv.Atoi(r.id(a))
		y, errY := strconv.Atoi(r.id(b))
		switch {
		case errX == nil && errY == nil:
			return cmp.Compare(x, y)
		case (errX == nil) != (errY == nil):
			return cmp.Compare(strconv.FormatBool(errX != nil), strconv.FormatBool(errY != nil))
		}
		return cmp.Compare(r.id(a), r.id(b))
	})
	return list
}

// where lists the documents whose field has that value as text.
func (r *records) where(field, value string) []map[string]any {
	return slices.DeleteFunc(r.all(), func(doc map[string]any) bool { return fmt.Sprint(doc[field]) != value })
}

// model is what the routes of a kind of records have of their own.
type model struct {
	what string // in refusals, "watchlist"
	base string // the collection, and the beginning of an object's path
	list string // where the list is, if not at base
	rows *records
	// prepare checks what a client sent before anything is locked. Nil takes everything.
	prepare func(sent map[string]any) (route.Reply, bool)
	// check completes a document before it is kept, or refuses it; old is nil for a new one.
	check func(doc, old map[string]any) (route.Reply, bool)
	// row and form give what a list and an object's own page have of a document. Nil means all of it.
	row, form func(doc map[string]any) any
	// create keeps a new document and gives the answer. Nil gives it a number and answers {"id": number}.
	create func(doc map[string]any) route.Reply
	// remove refuses a deletion. Nil allows all.
	remove func(doc map[string]any) (route.Reply, bool)
}

// routes are the five routes of a model.
func (p *Product) modelRoutes(m model) []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: cmp.Or(m.list, m.base), Handle: func(*route.Call) route.Reply { return p.listRecords(m, m.rows.all) }},
		{Method: http.MethodPost, Path: m.base, Handle: func(c *route.Call) route.Reply { return p.createRecord(m, c, nil) }},
		{Method: http.MethodGet, Path: m.base + "/{id}", Handle: func(c *route.Call) route.Reply { return p.getRecord(m, c) }},
		{Method: http.MethodPut, Path: m.base + "/{id}", Handle: func(c *route.Call) route.Reply { return p.changeRecord(m, c) }},
		{Method: http.MethodDelete, Path: m.base + "/{id}", Handle: func(c *route.Call) route.Reply { return p.deleteRecord(m, c) }},
	}
}

func shown(as func(map[string]any) any, doc map[string]any) any {
	if as == nil {
		return doc
	}
	return as(doc)
}

func (p *Product) listRecords(m model, list func() []map[string]any) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	docs := []any{}
	for _, doc := range list() {
		docs = append(docs, shown(m.row, doc))
	}
	return route.JSON(docs)
}

func (p *Product) getRecord(m model, c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := m.rows.docs[c.Var("id")]
	if doc == nil {
		return m.missing(c)
	}
	return route.JSON(shown(m.form, doc))
}

func (m model) missing(c *route.Call) route.Reply {
	return route.MissingObject("There is no " + m.what + " " + c.Var("id") + ".")
}

// body reads the object that a client sent.
func (m model) body(c *route.Call) (map[string]any, route.Reply, bool) {
	var sent map[string]any
	if err := json.Unmarshal(c.Body, &sent); err != nil || sent == nil {
		return nil, route.BadRequest("The body is not a JSON object."), false
	}
	if m.prepare != nil {
		if refusal, ok := m.prepare(sent); !ok {
			return nil, refusal, false
		}
	}
	return sent, route.Reply{}, true
}

// createRecord keeps a new document; owner sets what its path says, if anything.
func (p *Product) createRecord(m model, c *route.Call, owner func(doc map[string]any)) route.Reply {
	doc, refusal, ok := m.body(c)
	if !ok {
		return refusal
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if owner != nil {
		owner(doc)
	}
	if m.check != nil {
		if refusal, ok := m.check(doc, nil); !ok {
			return refusal
		}
	}
	if m.create != nil {
		return m.create(doc)
	}
	return route.JSON(map[string]int{"id": m.rows.add(doc)})
}

func (p *Product) changeRecord(m model, c *route.Call) route.Reply {
	sent, refusal, ok := m.body(c)
	if !ok {
		return refusal
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	old := m.rows.docs[c.Var("id")]
	if old == nil {
		return m.missing(c)
	}
	doc := maps.Clone(old)
	maps.Copy(doc, sent)
	doc[m.rows.key] = old[m.rows.key]
	if m.check != nil {
		if refusal, ok := m.check(doc, old); !ok {
			return refusal
		}
	}
	m.rows.put(doc)
	return route.Success()
}

func (p *Product) deleteRecord(m model, c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := m.rows.docs[c.Var("id")]
	if doc == nil {
		return m.missing(c)
	}
	if m.remove != nil {
		if refusal, ok := m.remove(doc); !ok {
			return refusal
		}
	}
	delete(m.rows.docs, c.Var("id"))
	return route.Success()
}

// text gives a field that is text, "" when it is not.
func text(doc map[string]any, field string) string {
	s, _ := doc[field].(string)
	return s
}

// needs refuses a document that lacks one of the fields that must be text.
func needs(doc map[string]any, fields ...string) (route.Reply, bool) {
	for _, field := range fields {
		if text(doc, field) == "" {
			return route.BadRequest("Field " + field + " is needed."), false
		}
	}
	return route.Reply{}, true
}
