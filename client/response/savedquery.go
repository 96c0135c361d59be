package response

import (
	"net/url"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// A watchlist, and a link of the console, store a search as the query string of a URL: q and cb.q.<field> are its
// conditions, cb.fq.<field> what the console's facets narrow it to, and the rest is how it is run.
//
// Source: contract/response.md, section 6.
const (
	savedText       = "q"
	savedCondition  = "cb.q."
	savedFacet      = "cb.fq."
	savedURLVersion = "cb.urlver"
)

// parseSaved reads a stored search: its parameters in order, without those that have no value. Text that is no proper
// encoding stays as it is, since nothing that was stored may be lost.
func parseSaved(stored string) []client.QueryParam {
	var params []client.QueryParam
	for pair := range strings.SplitSeq(stored, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if value != "" {
			params = append(params, client.QueryParam{Name: decodeSaved(name), Value: decodeSaved(value)})
		}
	}
	return params
}

// decodeSaved decodes form encoding, and leaves a percent sign that begins no escape alone.
func decodeSaved(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return strings.ToValidUTF8(plain, "\uFFFD")
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b.WriteByte(' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// formatSaved writes parameters in order, a space as %20 and a slash as it is.
func formatSaved(params []client.QueryParam) string {
	pairs := make([]string, len(params))
	for i, p := range params {
		pairs[i] = encodeSaved(p.Name) + "=" + encodeSaved(p.Value)
	}
	return strings.Join(pairs, "&")
}

func encodeSaved(s string) string {
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(s))
}

// formatForm writes parameters in order as an HTML form does, a space as a plus sign.
func formatForm(params []client.QueryParam) string {
	pairs := make([]string, len(params))
	for i, p := range params {
		pairs[i] = url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
	}
	return strings.Join(pairs, "&")
}

// isSavedCondition reports whether a parameter says what is searched for.
func isSavedCondition(name string) bool {
	return name == savedText || strings.HasPrefix(name, savedCondition)
}

// savedConditions gives a stored search in the language of the console's search box.
func savedConditions(stored string) string {
	var parts []string
	for _, p := range parseSaved(stored) {
		switch field, ok := strings.CutPrefix(p.Name, savedCondition); {
		case ok:
			parts = append(parts, field+":"+p.Value)
		case p.Name == savedText:
			parts = append(parts, p.Value)
		}
	}
	return strings.Join(parts, " ")
}

// withConditions gives a stored search with other conditions; everything else of it stays.
func withConditions(stored, conditions string) string {
	var params []client.QueryParam
	versioned := false
	for _, p := range parseSaved(stored) {
		if !isSavedCondition(p.Name) {
			params = append(params, p)
			versioned = versioned || p.Name == savedURLVersion
		}
	}
	if !versioned {
		params = append(params, client.QueryParam{Name: savedURLVersion, Value: "1"})
	}
	return formatSaved(append(params, client.QueryParam{Name: savedText, Value: conditions}))
}

// savedFacets gives what the console's facets narrow a stored search to, by field.
func savedFacets(stored string) map[string]any {
	facets := map[string]any{}
	for _, p := range parseSaved(stored) {
		if field, ok := strings.CutPrefix(p.Name, savedFacet); ok {
			facets[field] = p.Value
		}
	}
	return facets
}

// savedValues gives a stored search as the parameters of a raw query.
func savedValues(stored string) url.Values {
	values := url.Values{}
	for _, p := range parseSaved(stored) {
		values.Add(p.Name, p.Value)
	}
	return values
}
