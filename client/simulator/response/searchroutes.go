package response

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"github.com/cbscript/cbscript/client/simulator/route"
)

func (p *Product) searchRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: "/api/v1/process", Handle: p.searchProcesses},
		{Method: http.MethodPost, Path: "/api/v1/process", Handle: postedSearch(p.searchProcesses)},
	}
}

// buffers are the bodies of search answers, which are large and short-lived.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *[]byte {
	if buf, ok := b.pool.Get().(*[]byte); ok {
		*buf = (*buf)[:0]
		return buf
	}
	buf := make([]byte, 0, 64<<10)
	return &buf
}

func (p *Product) searchProcesses(c *route.Call) route.Reply {
	key, criteria, err := p.criteriaOf(c.Form)
	if err != nil {
		return refuse(err)
	}
	page, err := pageOf(c.Form, defaultFacets())
	if err != nil {
		return refuse(err)
	}
	found := p.index.find(key, criteria)
	facets := []byte("{}")
	if page.facets != nil {
		if facets, err = json.Marshal(p.index.facets(found, page.facets)); err != nil {
			return route.Failure("cannot encode the facets: " + err.Error())
		}
	}
	buf := p.buffers.get()
	o := open(*buf)
	o.key("results")
	o.buf = append(o.buf, '[')
	for i := page.start; i < min(page.start+page.rows, found.total()); i++ {
		if i > page.start {
			o.buf = append(o.buf, ',', ' ')
		}
		o.buf = p.index.appendDoc(o.buf, found.at(i))
	}
	o.buf = append(o.buf, ']')
	p.envelope(&o, page.start, found.total(), c.Form)
	o.key("facets")
	o.buf = append(o.buf, facets...)
	if p.version.segmented() {
		o.truth("comprehensive_search", true)
		o.truth("all_segments", true)
		o.truth("incomplete_results", false)
	}
	o.key("tagged_pids")
	o.buf = append(o.buf, "{}"...)
	o.key("filtered")
	o.buf = append(o.buf, "{}"...)
	*buf = o.close()
	return route.Reply{Type: route.TypeJSON, Body: *buf, Release: func() { p.buffers.pool.Put(buf) }}
}

// envelope writes what all answers to searches have beside their results.
func (p *Product) envelope(o *object, start, total int, form url.Values) {
	o.number("start", int64(start))
	o.number("total_results", int64(total))
	o.key("elapsed")
	o.buf = strconv.AppendFloat(o.buf, p.elapsed(total), 'g', -1, 64)
	o.texts("terms", form["q"])
	o.key("highlights")
	o.buf = append(o.buf, "[]"...)
}

// elapsed makes up how long an answer took, in seconds, from the size of the result: the answers of the simulator do
// not depend on the machine.
func (p *Product) elapsed(total int) float64 { return 0.0103125 + float64(total)/1048576 }

// appendDoc appends the document with a number.
func (x *index) appendDoc(buf []byte, n int32) []byte {
	if n < 0 {
		return x.bulk.at(int(^n)).append(buf)
	}
	return x.appendRow(buf, x.rows[n])
}

// postedSearch accepts the older form of a search: the parameters as a JSON object, each a value or a list of values.
func postedSearch(search route.Handler) route.Handler {
	return func(c *route.Call) route.Reply {
		var fields map[string]any
		if err := json.Unmarshal(c.Body, &fields); err != nil {
			return route.BadRequest("The body is not a JSON object.")
		}
		posted := *c
		posted.Form = url.Values{}
		for name, v := range fields {
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			for _, item := range list {
				posted.Form.Add(name, fmt.Sprint(item))
			}
		}
		return search(&posted)
	}
}
