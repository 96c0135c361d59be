package response

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/search"
)

// page is the part of a result that was asked for.
type page struct {
	start, rows int
	facets      []string // fields to count, nil for none
}

const (
	defaultRows = 10
	maxRows     = 10000
)

// pageOf reads start, rows and the facets.
func pageOf(form url.Values, facets []string) (page, error) {
	p := page{rows: defaultRows}
	for _, n := range []struct {
		name string
		to   *int
	}{{"start", &p.start}, {"rows", &p.rows}} {
		text := form.Get(n.name)
		if text == "" {
			continue
		}
		v, err := strconv.Atoi(text)
		if err != nil || v < 0 {
			return page{}, errors.New("parameter " + n.name + " is not a number from 0 on: " + strconv.Quote(text))
		}
		*n.to = v
	}
	p.rows = min(p.rows, maxRows)
	if strings.EqualFold(form.Get("facet"), "true") {
		if p.facets = form["facet.field"]; len(p.facets) == 0 {
			p.facets = facets
		}
	}
	return p, nil
}

// queryOf reads what is searched for: q, the terms of cb.q.FIELD, and the facets chosen by cb.fq.FIELD.
func queryOf(form url.Values) (*search.Query, error) {
	q, err := search.Parse(strings.Join(form["q"], " "))
	if err != nil {
		return nil, err
	}
	all := []*search.Query{q}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := form[name]
		if field, ok := strings.CutPrefix(name, "cb.q."); ok {
			for _, v := range values {
				all = append(all, search.Term(field, v))
			}
		}
		if field, ok := strings.CutPrefix(name, "cb.fq."); ok {
			all = append(all, search.Exactly(field, values...))
		}
	}
	return search.All(all...), nil
}

// criteriaOf reads what a process search asks for. key names it.
func (p *Product) criteriaOf(form url.Values) (key string, c criteria, err error) {
	q, err := queryOf(form)
	if err != nil {
		return "", c, err
	}
	if c.matcher, err = search.Compile(q, p.index.schema, p.story.Now); err != nil {
		return "", c, err
	}
	if c.order, c.ordered, err = search.ParseOrder(form.Get("sort"), p.index.schema); err != nil {
		return "", c, err
	}
	if p.version.filters() {
		c.group = form.Get("cb.group")
		for _, w := range []struct {
			name string
			to   *time.Time
		}{
			{"cb.min_last_update", &c.updated.from}, {"cb.max_last_update", &c.updated.to},
			{"cb.min_last_server_update", &c.received.from}, {"cb.max_last_server_update", &c.received.to},
		} {
			if *w.to, err = instantOf(form, w.name); err != nil {
				return "", c, err
			}
		}
	}
	var generation string
	c.visible, generation = p.visible(form)
	key = strings.Join([]string{
		q.String(), form.Get("sort"), c.group, form.Get("cb.min_last_update"), form.Get("cb.max_last_update"),
		form.Get("cb.min_last_server_update"), form.Get("cb.max_last_server_update"), generation,
	}, "\x00")
	return key, c, nil
}

func instantOf(form url.Values, name string) (time.Time, error) {
	text := form.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("parameter " + name + " is not a time: " + strconv.Quote(text))
}

// refuse answers a search that cannot be understood.
func refuse(err error) route.Reply {
	var syntax *search.SyntaxError
	if errors.As(err, &syntax) {
		return route.JSONStatus(http.StatusBadRequest, map[string]any{
			"reason": "query_malformed_syntax", "error": syntax.Text, "offset": syntax.Offset,
		})
	}
	return route.JSONStatus(http.StatusBadRequest, map[string]any{"reason": "invalid_parameter", "error": err.Error()})
}
