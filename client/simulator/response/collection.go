package response

import (
	"encoding/json"
	"net/url"
	"slices"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/search"
)

// document is an element of a collection that can be searched.
type document interface {
	search.Doc
	// append appends the document as JSON.
	append(buf []byte) []byte
	// facet appends the values of a field as a facet shows them.
	facet(field string, buf []string) []string
}

// collection is a searchable kind of object of which there are few enough to look at all of them for each request.
type collection struct {
	schema *search.Schema
	docs   []document // in the order of a search without an order
	facets []string   // of a search that asks for facets without naming fields
}

// search answers a search over a collection. Searches for processes, of which there are many, have their own way.
func (p *Product) search(col collection, form url.Values) route.Reply {
	q, err := queryOf(form)
	if err != nil {
		return refuse(err)
	}
	m, err := search.Compile(q, col.schema, p.story.Now)
	if err != nil {
		return refuse(err)
	}
	order, ordered, err := search.ParseOrder(form.Get("sort"), col.schema)
	if err != nil {
		return refuse(err)
	}
	page, err := pageOf(form, col.facets)
	if err != nil {
		return refuse(err)
	}
	e := m.Evaluator()
	found := slices.DeleteFunc(slices.Clone(col.docs), func(d document) bool { return !e.Match(d) })
	if ordered {
		slices.SortStableFunc(found, func(a, b document) int { return order.Compare(order.Key(a), order.Key(b)) })
	}
	facets := make(map[string][]search.Facet)
	for _, field := range page.facets {
		facets[field] = count(found, field)
	}
	encoded, err := json.Marshal(facets)
	if err != nil {
		return route.Failure("cannot encode the facets: " + err.Error())
	}
	buf := p.buffers.get()
	o := open(*buf)
	o.key("results")
	o.buf = append(o.buf, '[')
	for i, d := range found[min(page.start, len(found)):min(page.start+page.rows, len(found))] {
		if i > 0 {
			o.buf = append(o.buf, ',', ' ')
		}
		o.buf = d.append(o.buf)
	}
	o.buf = append(o.buf, ']')
	p.envelope(&o, page.start, len(found), form)
	o.key("facets")
	o.buf = append(o.buf, encoded...)
	*buf = o.close()
	return route.Reply{Type: route.TypeJSON, Body: *buf, Release: func() { p.buffers.pool.Put(buf) }}
}

// count gives the facets of one field.
func count(docs []document, field string) []search.Facet {
	counts := make(map[string]int)
	var buf []string
	for _, d := range docs {
		buf = d.facet(field, buf[:0])
		for _, v := range buf {
			counts[v]++
		}
	}
	return search.Facets(counts, len(docs))
}
