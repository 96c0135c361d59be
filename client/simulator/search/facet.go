package search

import (
	"cmp"
	"slices"
	"strconv"
)

// Facet is one value of a field with the number of documents that have it.
type Facet struct {
	Name    string  `json:"name"`
	Value   int     `json:"value"`
	Percent float64 `json:"percent"` // of the most frequent value
	Ratio   string  `json:"ratio"`   // of all documents, in percent with one decimal
}

// Facets turns counts by value into facets, the most frequent first. total is the number of documents.
func Facets(counts map[string]int, total int) []Facet {
	list := make([]Facet, 0, len(counts))
	most := 0
	for name, n := range counts {
		list = append(list, Facet{Name: name, Value: n})
		most = max(most, n)
	}
	slices.SortFunc(list, func(a, b Facet) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Name, b.Name))
	})
	for i := range list {
		list[i].Percent = 100 * float64(list[i].Value) / float64(max(most, 1))
		list[i].Ratio = strconv.FormatFloat(100*float64(list[i].Value)/float64(max(total, 1)), 'f', 1, 64)
	}
	return list
}
