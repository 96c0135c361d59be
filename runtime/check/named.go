package check

import (
	"strings"
)

var (
	xmlValue   = newExpression(`<([A-Za-z][A-Za-z0-9_.-]*)>[ \t]*([^<>\s]{4,400})[ \t]*</`)
	namedValue = newExpression(`(\pL[\pL0-9_.-]*(?: \pL[\pL0-9_-]*)?)["'\x60\])]{0,2}[ \t]*(=>|:=|==|!=|[:=]|\bis\b)[ \t]*`)
	flagValue  = newExpression(`(?:^|\s)--?([A-Za-z][A-Za-z0-9-]+)(?:[ \t]+|=)`)
	shortFlag  = newExpression(`(?:^|\s)-a[ \t]+["']?([A-Za-z0-9/-]{30,70})`)
	besideWord = newExpression(`(?i)\b(?:password|passwd|passphrase|pwd|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord)(?:[ \t]+| [\pL .]{1,40}:[ \t]+)["'\x60]?([^\s"'\x60]{8,64})`)
	curlUser   = newExpression(`(?:^|\s)(?:-u|--user)[ \t]+["']?([^\s"':]+):([^\s"']+)`)
	besideHalf = newExpression(`([A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z][A-Za-z0-9_-]*)?)[ \t]+([A-Z0-9]{24})(?:[^A-Za-z0-9]|$)`)
	hintWords  = [...]string{"pass", "pwd", "secret", "token", "key", "cred", "auth", "bearer", "psk", "connector", "pw",
		"jwt", "cookie", "pswd", "wort", "wört", "woert", "motdepasse", "mdp", "contrase", "senha", "senord", "adgangskode", "salasana",
		"heslo", "hasło", "haslo"}
)

// maxNamed bounds the value behind a name, in bytes.
const maxNamed = 400

// namedScan finds the values that stand under a credential's name inside a text.
type namedScan struct {
	text, lower string
	kind        textKind
	taken       coverage
	hits        []hit
}

func (n *namedScan) scan() {
	n.commands()
	if !containsAny(n.lower, hintWords[:]) {
		return
	}
	for _, m := range namedValue.FindAllStringSubmatchIndex(n.text, -1) {
		name, sign := n.text[m[2]:m[3]], n.text[m[4]:m[5]]
		if sign == ":" && m[0] > 0 && n.text[m[0]-1] == '/' {
			continue // the switch of a hunted command
		}
		if strings.HasPrefix(n.text[m[1]:], ":") || sign == "!=" || sign == ":" && strings.HasPrefix(n.text[m[1]:], "//") {
			continue
		}
		n.named(name, sign, m[0], m[1])
	}
	for _, m := range xmlValue.FindAllStringSubmatchIndex(n.text, -1) {
		n.value(n.text[m[2]:m[3]], m[4], m[5], asLiteral)
	}
	for _, m := range flagValue.FindAllStringSubmatchIndex(n.text, -1) {
		n.named(n.text[m[2]:m[3]], "flag", m[0], m[1])
	}
	for _, m := range besideHalf.FindAllStringSubmatchIndex(n.text, -1) {
		n.named(n.text[m[2]:m[3]], "flag", m[0], m[4])
	}
	if n.kind == fileText {
		return
	}
	for _, m := range besideWord.FindAllStringSubmatchIndex(n.text, -1) {
		v := strings.TrimRight(n.text[m[2]:m[3]], ".,;:!?)")
		if classes(v) >= 3 && secretText(v, asProse) {
			n.add(m[2], m[2]+len(v), ruleAssigned, reading{sense: credential, why: "beside the word password"})
		}
	}
}

func (n *namedScan) add(start, end int, rule string, r reading) {
	if start < end && !n.taken.any(start, end) {
		n.taken.mark(start, end)
		n.hits = append(n.hits, hit{start: start, end: end, rule: rule, reading: r})
	}
}

// commands finds the credentials behind the short flags of commands: -a of the reference's scripts, -u of curl.
func (n *namedScan) commands() {
	if strings.Contains(n.lower, "curl") || strings.Contains(n.lower, "wget") {
		for _, m := range curlUser.FindAllStringSubmatchIndex(n.text, -1) {
			if pw := n.text[m[4]:m[5]]; len(pw) >= 4 && !urlPlaceholder(pw) {
				n.add(m[4], m[5], ruleAssigned, reading{sense: credential, why: "after -u"})
			}
		}
	}
	if !strings.Contains(n.text, "-a ") {
		return
	}
	for _, m := range shortFlag.FindAllStringSubmatchIndex(n.text, -1) {
		v := n.text[m[2]:m[3]]
		if rule := ruleForForm("", v); rule != "" && rule != ruleHexKey && !samplePattern(v) {
			n.add(m[2], m[3], rule, reading{sense: credential, why: "after -a"})
		}
	}
}

// named judges the value that follows a name and a sign at text[at:].
func (n *namedScan) named(name, sign string, nameAt, at int) {
	name = name[strings.LastIndexByte(name, '.')+1:] // of a.b.c, c
	means := readName(name)
	if !means.holdsSecret() {
		if i := strings.LastIndexByte(name, ' '); i < 0 || !readName(name[i+1:]).holdsSecret() || means.other {
			return
		}
	}
	start, end, quoted := n.valueAt(at)
	if sign == "=" && !quoted { // the parameters of a URL
		inURL := nameAt > 0 && strings.IndexByte("?&;", n.text[nameAt-1]) >= 0
		if i := strings.IndexAny(n.text[start:end], "&#"); i >= 0 && (inURL || strings.Contains(n.text[start+i:end], "=")) {
			end = start + i
		}
	}
	if authSchemes.has(strings.ToLower(n.text[start:end])) {
		start, end, quoted = n.valueAt(end)
	}
	n.value(name, start, end, valueStyle(n.text, nameAt, end, sign, quoted, n.kind))
}

// value judges text[start:end], which stands under a name.
func (n *namedScan) value(name string, start, end int, how style) {
	means := readName(name)
	if !means.holdsSecret() && !readName(name[strings.LastIndexByte(name, ' ')+1:]).holdsSecret() {
		return
	}
	v := n.text[start:end]
	rule := ruleForForm(name, v)
	switch {
	case rule != "" && (samplePattern(v) || n.kind == proseText && counted(v)):
		return
	case rule == "" && n.kind != hiddenText && secretText(v, how) && means.fits(v) && !(n.kind == fileText && how == asProse):
		rule = ruleAssigned
	case rule == "":
		return
	}
	n.add(start, end, rule, reading{credential, "named " + name, name})
}

// valueAt gives the value that begins at text[at:]: to the closing quote, or to the next blank or delimiter.
func (n *namedScan) valueAt(at int) (start, end int, quoted bool) {
	text := n.text[:min(len(n.text), at+maxNamed)]
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	if at < len(text) && strings.IndexByte("\"'`", text[at]) >= 0 {
		quote := text[at]
		for i := at + 1; i < len(text) && text[i] != '\n'; i++ {
			if text[i] == quote {
				return at + 1, i, true
			}
		}
		at++
	}
	end = at
	for end < len(text) && strings.IndexByte(" \t\r\n,;\"'`", text[end]) < 0 {
		end++
	}
	if end == len(text) && end < len(n.text) {
		return at, at, false // no end within reach: not a value
	}
	for end > at && strings.IndexByte(")]}", text[end-1]) >= 0 && !strings.ContainsAny(text[at:end], "([{") {
		end--
	}
	return at, end, false
}

// valueStyle says how far the value must look like a secret by itself.
func valueStyle(text string, nameAt, end int, sign string, quoted bool, kind textKind) style {
	if quoted {
		return asLiteral
	}
	from, _ := lineAround(text, nameAt)
	_, to := lineAround(text, end)
	before := strings.Trim(text[from:nameAt], " \t#;-*\"'")
	rest := strings.TrimSpace(text[end:to])
	whole := (before == "" || before == "export") && (rest == "" || strings.HasPrefix(rest, "#") || rest == ",")
	if !whole || sign == "is" || sign == "flag" {
		return asProse
	}
	if sign == ":" && kind == proseText {
		return asProse
	}
	return asConfig
}
