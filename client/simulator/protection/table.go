package protection

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// table holds the rows of a model, by id. Everything needs the product's lock.
type table struct {
	model
	docs   []doc
	next   int
	fields map[string]bool // that any row has
	times  map[string]bool // that are times
}

func newTable(m model) *table {
	return &table{model: m, next: 1, fields: map[string]bool{"id": true}, times: map[string]bool{}}
}

// add keeps a new row, and gives its number.
func (t *table) add(d doc) int {
	id := t.next
	t.put(d.with(doc{"id": id}))
	return id
}

// put keeps a row in the place of the one with the same id.
func (t *table) put(d doc) {
	i, found := t.find(d.number("id"))
	if found {
		t.docs[i] = d
		return
	}
	t.docs = slices.Insert(t.docs, i, d)
	t.next = max(t.next, d.number("id")+1)
}

func (t *table) find(id int) (int, bool) {
	return slices.BinarySearchFunc(t.docs, id, func(d doc, id int) int { return cmp.Compare(d.number("id"), id) })
}

func (t *table) get(id int) (doc, bool) {
	i, found := t.find(id)
	if !found {
		return nil, false
	}
	return t.docs[i], true
}

func (t *table) remove(id int) {
	if i, found := t.find(id); found {
		t.docs = slices.Delete(t.docs, i, i+1)
	}
}

// first gives the first row whose field has a value.
func (t *table) first(field string, value any) (doc, bool) {
	for _, d := range t.docs {
		if d[field] == value {
			return d, true
		}
	}
	return nil, false
}

// learn notes which fields there are.
func (t *table) learn() {
	for _, d := range t.docs {
		for name, v := range d {
			t.fields[name] = true
			if _, ok := v.(time.Time); ok {
				t.times[name] = true
			}
		}
	}
}

// most is how many rows an answer has unless more are asked for.
const most = 1000

// search answers a list: conditions, order, page, or the count alone.
//
// Source: contract/query.md, section 5.
func (t *table) search(form url.Values, shown func(doc) bool, now time.Time) route.Reply {
	var conditions []condition
	for _, text := range form["q"] {
		if text == "" {
			continue
		}
		c, err := parseCondition(text, t, now)
		if err != nil {
			return route.BadRequest(err.Error())
		}
		conditions = append(conditions, c)
	}
	offset, errOffset := whole(form.Get("offset"), 0)
	limit, errLimit := whole(form.Get("limit"), most)
	if err := cmp.Or(errOffset, errLimit); err != nil || offset < 0 || limit < -1 {
		return route.BadRequest("offset and limit must be whole numbers")
	}
	found := []doc{}
	for _, d := range t.docs {
		if (shown == nil || shown(d)) && !slices.ContainsFunc(conditions, func(c condition) bool { return !c.match(d) }) {
			found = append(found, d)
		}
	}
	if group := form.Get("group"); group != "" {
		return t.group(found, group)
	}
	if limit == -1 {
		return route.JSON(map[string]int{"count": len(found)})
	}
	if err := t.order(found, form.Get("sort")); err != nil {
		return route.BadRequest(err.Error())
	}
	if limit == 0 {
		return route.JSON(found)
	}
	return route.JSON(found[min(offset, len(found)):min(offset+limit, len(found))])
}

func whole(text string, absent int) (int, error) {
	if text == "" {
		return absent, nil
	}
	return strconv.Atoi(text)
}

// order sorts rows as "field", "field ASC" or "field DESC" says.
func (t *table) order(rows []doc, order string) error {
	field, direction, _ := strings.Cut(strings.TrimSpace(order), " ")
	direction = strings.ToUpper(strings.TrimSpace(direction))
	switch {
	case field == "":
		return nil
	case !t.fields[field]:
		return fmt.Errorf("%s has no field %q", t.name, field)
	case direction != "" && direction != "ASC" && direction != "DESC":
		return fmt.Errorf("the order %q is neither ASC nor DESC", direction)
	}
	slices.SortStableFunc(rows, func(a, b doc) int {
		c := compareValues(a[field], b[field])
		if direction == "DESC" {
			return -c
		}
		return c
	})
	return nil
}

// group counts rows by the values of a field.
func (t *table) group(rows []doc, field string) route.Reply {
	if !t.fields[field] {
		return route.BadRequest(fmt.Sprintf("%s has no field %q", t.name, field))
	}
	counts := map[any]int{}
	for _, d := range rows {
		counts[d[field]]++
	}
	groups := []doc{}
	for _, v := range slices.SortedFunc(maps.Keys(counts), compareValues) {
		groups = append(groups, doc{"value": v, "count": counts[v]})
	}
	return route.JSON(groups)
}

// compareValues orders values of a field: what is absent first, text without regard to case.
func compareValues(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(presence(a), presence(b))
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(strings.ToLower(x), strings.ToLower(y))
		}
	case int:
		if y, ok := b.(int); ok {
			return cmp.Compare(x, y)
		}
	case float64:
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y)
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func presence(v any) int {
	if v == nil {
		return 0
	}
	return 1
}
