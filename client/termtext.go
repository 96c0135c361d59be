package client

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/cbtime"
)

// TermText gives the text of a value for a condition: of a time that in UTC, of an object its id. plain says that it is a
// number, true or false, in which nothing can be taken for syntax; other text is the product's to quote or to refuse.
// Text with a control character, and a value of another type, is an error that says so without naming the field.
//
// Source: contract/query.md, sections 4 and 5.
func TermText(v any) (text string, plain bool, err error) {
	switch v := v.(type) {
	case string:
		if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", false, fmt.Errorf("the value %q has a control character", v)
		}
		return v, false, nil
	case bool:
		return strconv.FormatBool(v), true, nil
	case int, int64:
		return fmt.Sprint(v), true, nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true, nil
	case time.Time:
		return cbtime.FormatFilter(v), false, nil
	case *Object:
		return TermText(v.ID().Value)
	}
	return "", false, fmt.Errorf("%s cannot be a value, want text, a number, a time or a list of them", TypeName(v))
}
