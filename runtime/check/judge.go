package check

import (
	"strings"

	"go.starlark.net/syntax"
)

// found is a finding before it is written: it still holds the secret.
type found struct {
	line, column int
	first, last  int // lines of the literal, which a waiver may be about
	rule         string
	message      string
	secret       string
	excerpt      string
	known        string // label of the known value
	made         bool   // the secret is not what the literal shows, but was computed from it
}

// judge applies the rules to the texts of one file.
type judge struct {
	opts  Options
	known *knownSearch
	boxes *boxCounter
	lines map[*syntax.Literal]*rawLines
	uses  map[*syntax.Literal][]place
	// comments by line, for what they say about the values beside and below them.
	comments map[int]comment
	found    []found
	// open are ambiguous values by the literal they stand in.
	open  map[openKey]*openValue
	order []*openValue
}

type openKey struct {
	lit   *syntax.Literal
	line  int
	value string
}

// openValue is an ambiguous value with all that its surroundings say about it.
type openValue struct {
	found
	shape    shape
	readings []reading
	via      string
	comment  bool
}

func newJudge(opts Options, known *knownSearch, uses map[*syntax.Literal][]place, comments []comment) *judge {
	j := &judge{opts: opts, known: known, boxes: newBoxCounter(), lines: map[*syntax.Literal]*rawLines{}, uses: uses,
		comments: map[int]comment{}, open: map[openKey]*openValue{}}
	for _, c := range comments {
		if !waiverForm.MatchString(c.text) {
			j.comments[c.line] = c
		}
	}
	return j
}

func (j *judge) add(f found) { j.found = append(j.found, f) }

// item judges one constant text of the script.
func (j *judge) item(it item) {
	at := j.locate(it, 0, "")
	if label, name, ok := j.known.inText(it.text); ok && (it.whole == nil || !strings.Contains(it.whole.Raw, it.text)) {
		j.addKnown(at, label, name, it.via)
		if !name {
			return
		}
	}
	places := j.placesOf(it)
	if j.secretArgument(it, places, at) {
		return
	}
	kind := kindOf(it, places)
	hits := scan(it.text, kind)
	for _, h := range hits {
		j.hit(it, places, h)
	}
	if len(hits) == 0 {
		j.assigned(it, places, at)
	}
	j.hidden(it, places)
}

// placesOf gives the item's own place and those where a name bound to it is used.
func (j *judge) placesOf(it item) []place {
	if it.whole == nil {
		return []place{it.place}
	}
	return append([]place{it.place}, j.uses[it.whole]...)
}

// kindOf tells a condition of a query by where it goes or by how it begins.
func kindOf(it item, places []place) textKind {
	if it.place.kind == proseText {
		return proseText
	}
	for _, p := range places {
		if p.kind == queryText {
			return queryText
		}
	}
	if m := queryStart.FindStringSubmatch(it.text); m != nil && queryFields.has(strings.ToLower(m[1])) && strings.Contains(m[1], "_") {
		return queryText
	}
	if strings.HasPrefix(it.text, "cmdline:") {
		return queryText
	}
	return it.place.kind
}

// hit deals with one value that scan found in the item.
func (j *judge) hit(it item, places []place, h hit) {
	secret := it.text[h.start:h.end]
	at := j.locate(it, h.start, secret)
	if h.rule != "" {
		at.rule, at.secret, at.message = h.rule, secret, j.say(h.rule, h.why, it.via)
		j.add(at)
		return
	}
	if it.place.kind == proseText && counted(secret) {
		return
	}
	at.secret = secret
	lit, line := originOf(it, h)
	key := openKey{lit, line, strings.ToLower(secret)}
	v := j.open[key]
	if v == nil {
		v = &openValue{found: at, shape: h.shape}
		j.open[key] = v
		j.order = append(j.order, v)
	}
	if h.sense != neutral {
		v.readings = append(v.readings, h.reading)
		return
	}
	for _, p := range places {
		if r := p.outside(h.shape, j.boxes); r.sense != neutral {
			v.readings = append(v.readings, r)
		} else if r := j.commented(at.line, p.line, h.shape); r.sense != neutral {
			v.readings = append(v.readings, r)
		}
	}
	if it.via != "" {
		v.via = it.via
	}
}

// originOf gives the literal that the value stands in, where one literal holds it whole.
func originOf(it item, h hit) (*syntax.Literal, int) {
	for _, p := range it.pieces {
		if p.start <= h.start && h.end <= p.end {
			return p.lit, 0
		}
	}
	return it.first(), int(it.at.Line)
}

// commented reads the comment in the line of a value, above it, and above its statement.
func (j *judge) commented(line, stmt int, s shape) reading {
	if c, ok := j.comments[line]; ok {
		if r := readWords(proseWordsOf(c.text), s); r.sense != neutral {
			return r
		}
	}
	for _, above := range [...]int{line - 1, stmt - 1} {
		if c, ok := j.comments[above]; ok && c.own {
			if r := readWords(proseWordsOf(c.text), s); r.sense != neutral {
				return r
			}
		}
	}
	return reading{}
}

// decide settles the ambiguous values: a credential's context anywhere refuses, an indicator's allows, and where
// there is neither a value of a token's shape is refused.
func (j *judge) decide() {
	for _, v := range j.order {
		var best reading
		for _, r := range v.readings {
			if r.sense > best.sense {
				best = r
			}
		}
		if best.why == "" && v.comment {
			best.why = "in a comment"
		}
		switch {
		case best.sense == credential && headerName(best.name):
			v.rule = ruleAuthHeader
		case best.sense == credential:
			v.rule = ruleForShape(v.shape)
		case best.sense == indicator || counted(v.secret):
			continue
		case v.shape == hex40:
			v.rule = ruleBareHex
		case v.shape == guid4:
			v.rule = ruleBareGUID
		default:
			continue
		}
		v.message = j.say(v.rule, best.why, v.via)
		j.add(v.found)
	}
}

// assigned refuses any text under the name of a credential.
func (j *judge) assigned(it item, places []place, at found) {
	if it.place.kind == proseText {
		return
	}
	for _, p := range places {
		if halfKey(it.text) && besideConnectorID(p.box) && !samplePattern(it.text) {
			at.rule, at.secret, at.message = ruleDefensePart, it.text, j.say(ruleDefensePart, "beside a connector id", it.via)
			j.add(at)
			return
		}
		l := p.secretName()
		if l == nil || p.part || p.kind == queryText {
			continue
		}
		rule := ruleForForm(l.name, it.text)
		if l.kind == assignedField || l.kind == valueName {
			if headerName(l.name) && headerValue(it.text, false) {
				rule = ruleAuthHeader
			}
		}
		if rule == "" && secretText(it.text, asLiteral) && readName(l.name).fits(it.text) {
			rule = ruleAssigned
		}
		if rule != "" && !samplePattern(it.text) {
			at.rule, at.secret, at.message = rule, it.text, j.say(rule, describe(l), it.via)
			j.add(at)
			return
		}
	}
}

// headerName reports whether a key is the name of an authentication header.
func headerName(name string) bool {
	switch strings.ToLower(name) {
	case "x-auth-token", "x-api-key", "x-apikey", "x-access-token", "x-vault-token", "private-token", "authorization",
		"proxy-authorization":
		return true
	}
	return false
}

func (j *judge) say(rule, why, via string) string {
	s := ruleByID(rule).What
	if why != "" {
		s += ", " + why
	}
	switch via {
	case "":
	case "joined":
		s += ", put together from parts"
	case "reversed", "backwards":
		s += ", written backwards"
	default:
		s += ", decoded from " + via
	}
	return s
}

// comment judges a run of comments.
func (j *judge) comment(b commentBlock) {
	for _, h := range scan(b.text, proseText) {
		secret := b.text[h.start:h.end]
		f := found{secret: secret}
		f.line, f.column = b.position(h.start)
		f.first, f.last = f.line, f.line
		if h.rule != "" {
			f.rule, f.message = h.rule, j.say(h.rule, h.why, "")+", in a comment"
			j.add(f)
			continue
		}
		j.order = append(j.order, &openValue{found: f, shape: h.shape, readings: []reading{h.reading}, comment: true})
	}
	j.hiddenText(b.text, func(start int) found {
		var f found
		f.line, f.column = b.position(start)
		f.first, f.last = f.line, f.line
		return f
	}, func(shape) sense { return neutral })
}
