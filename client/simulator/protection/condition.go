package protection

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// condition is one q of a search: a field, an operator and values, of which any may match.
type condition struct {
	field  string
	op     byte
	values []string
	now    time.Time
}

// operators are those that stand between a field and a value: like, not like, less, greater, all bits, no bit.
const operators = ":!<>+-"

// parseCondition reads "name:value", "name!a|b" and so on.
//
// Source: contract/query.md, section 5, for the operators in use; the vendor's public reference for what they mean.
func parseCondition(text string, t *table, now time.Time) (condition, error) {
	i := strings.IndexAny(text, operators)
	if i <= 0 {
		return condition{}, fmt.Errorf("the condition %q has no field or no operator", text)
	}
	c := condition{field: text[:i], op: text[i], values: strings.Split(text[i+1:], "|"), now: now}
	if !t.fields[c.field] {
		return condition{}, fmt.Errorf("%s has no field %q", t.name, c.field)
	}
	return c, nil
}

// match reports whether a row meets the condition.
func (c condition) match(d doc) bool {
	negative := c.op == '!' || c.op == '-'
	for _, value := range c.values {
		if c.one(d[c.field], value) {
			return !negative
		}
	}
	return negative
}

// one compares a field with one value, without regard to negation.
func (c condition) one(v any, value string) bool {
	switch c.op {
	case ':', '!':
		return c.equal(v, value)
	case '+', '-':
		n, isNumber := v.(int)
		bits, err := strconv.Atoi(value)
		if !isNumber || err != nil {
			return false
		}
		if c.op == '+' {
			return n&bits == bits
		}
		return n&bits != 0
	}
	order, ok := c.compare(v, value)
	return ok && (c.op == '<' && order < 0 || c.op == '>' && order > 0)
}

func (c condition) equal(v any, value string) bool {
	switch v := v.(type) {
	case nil:
		return value == ""
	case string:
		return like(strings.ToLower(v), strings.ToLower(value))
	case bool:
		want, err := strconv.ParseBool(value)
		return err == nil && v == want
	}
	order, ok := c.compare(v, value)
	return ok && order == 0
}

// compare orders a field against a value.
func (c condition) compare(v any, value string) (int, bool) {
	switch v := v.(type) {
	case string:
		return strings.Compare(strings.ToLower(v), strings.ToLower(value)), true
	case int:
		n, err := strconv.ParseFloat(value, 64)
		return cmp.Compare(float64(v), n), err == nil
	case float64:
		n, err := strconv.ParseFloat(value, 64)
		return cmp.Compare(v, n), err == nil
	case time.Time:
		t, ok := c.instant(value)
		return v.Compare(t), ok
	}
	return 0, false
}

// units of relative times.
var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// instant reads a time, or one relative to now as "-10h".
func (c condition) instant(value string) (time.Time, bool) {
	if t, ok := parseTime(value); ok {
		return t, true
	}
	if len(value) < 2 {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(value[:len(value)-1])
	unit, ok := units[value[len(value)-1]]
	return c.now.Add(time.Duration(n) * unit), err == nil && ok
}

// like matches a text with a pattern in which * stands for any text and ? for one character. Of several stars only the
// last one met has to be tried again, so that the work is bounded by the product of both lengths.
func like(text, pattern string) bool {
	i, j := 0, 0
	star, resume := -1, 0
	for i < len(text) {
		switch {
		case j < len(pattern) && pattern[j] == '*':
			star, resume = j, i
			j++
		case j < len(pattern) && (pattern[j] == '?' || pattern[j] == text[i]):
			i, j = i+1, j+1
		case star >= 0:
			resume++
			i, j = resume, star+1
		default:
			return false
		}
	}
	for j < len(pattern) && pattern[j] == '*' {
		j++
	}
	return j == len(pattern)
}
