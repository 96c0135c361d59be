package response

import (
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/search"
)

// defaultFacets are those of a search that asks for facets without naming fields.
func defaultFacets() []string {
	return []string{
		"process_name", "group", "hostname", "parent_name", "path_full", "process_md5", "username_full", "host_type",
		"hour_of_day", "day_of_week",
	}
}

// facets counts the values of fields over all documents of a result.
func (x *index) facets(h *hits, fields []string) map[string][]search.Facet {
	all := make(map[string][]search.Facet, len(fields))
	var buf []string
	for _, field := range fields {
		counts := make(map[string]int)
		for i := range h.total() {
			buf = facetValues(x, h.at(i), field, buf[:0])
			for _, v := range buf {
				counts[v]++
			}
		}
		all[field] = search.Facets(counts, h.total())
	}
	return all
}

// facetValues appends the values of a field as a facet shows them: names of hosts and users as they are spelt.
func facetValues(x *index, n int32, field string, buf []string) []string {
	if n < 0 {
		return x.bulk.at(int(^n)).facet(field, buf)
	}
	return x.rows[n].facet(field, x.schema, buf)
}

func (r *row) facet(field string, schema *search.Schema, buf []string) []string {
	p := r.proc
	switch field {
	case "hostname":
		return append(buf, p.Endpoint.Name)
	case "username", "username_full":
		return append(buf, p.User)
	case "path", "path_full":
		return append(buf, p.Path)
	case "cmdline":
		return append(buf, p.Cmdline)
	case "hour_of_day":
		return append(buf, strconv.Itoa(p.Start.Hour()))
	case "day_of_week":
		return append(buf, strings.ToLower(p.Start.Weekday().String()))
	}
	switch schema.Fields[field] {
	case search.Number:
		for _, v := range r.Numbers(field, nil) {
			buf = append(buf, strconv.FormatInt(v, 10))
		}
		return buf
	case search.Time:
		for _, v := range r.Numbers(field, nil) {
			buf = append(buf, time.UnixMicro(v).UTC().Truncate(24*time.Hour).Format(indexTime))
		}
		return buf
	}
	return r.Strings(field, buf)
}
