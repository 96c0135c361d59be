package check

import (
	"encoding/base64"
	"strings"
)

var (
	userinfo   = newExpression(`\b[A-Za-z][A-Za-z0-9+.-]*://([^\s/?"'<>\x60]+)@[^\s@"'<>]`)
	privateKey = newExpression(`-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?)-----`)
	puttyKey   = newExpression(`PuTTY-User-Key-File-[0-9]:`)
	authHeader = newExpression(`(?i)\b(x-auth-token|x-api-key|x-apikey|x-access-token|x-vault-token|private-token|` +
		`proxy-authorization|authorization)\b["'\x60\])]*\s*[:=,]+\s*["'\x60]?((?:bearer|basic|token|splunk|apikey)\s+)?([^\s"'\x60,;)}\\]+)`)
)

// findUserinfo gives the logins inside URLs. In comments and other documents, user:password@ is an explanation.
func findUserinfo(text string, kind textKind) []shapeHit {
	if !strings.Contains(text, "://") || !strings.Contains(text, "@") {
		return nil
	}
	var hits []shapeHit
	for _, m := range userinfo.FindAllStringSubmatchIndex(text, -1) {
		info := text[m[2]:m[3]]
		user, password, both := strings.Cut(info, ":")
		switch {
		case both && password != "" && !marked(password) && (kind == codeText || !urlPlaceholder(password)):
			hits = append(hits, shapeHit{m[2] + len(user) + 1, m[3], ruleURLPassword})
		case !both && tokenUser(user):
			hits = append(hits, shapeHit{m[2], m[3], ruleURLPassword})
		}
	}
	return hits
}

// urlPlaceholder reports whether the password of a URL is one of documentation.
func urlPlaceholder(p string) bool {
	switch strings.ToLower(strings.Trim(p, "[]()")) {
	case "pass", "password", "passwd", "pw", "pwd", "secret", "token", "rabbitmq_pass", "rabbitmq_password":
		return true
	}
	low := strings.ToLower(p)
	return placeholder(p) || !mixed(p) && (strings.HasSuffix(low, "pass") || strings.HasSuffix(low, "password") || strings.HasSuffix(low, "passwd"))
}

// tokenUser reports whether the user of a URL without a password is a token, as source hosts allow.
func tokenUser(u string) bool {
	if len(u) < 20 || placeholder(u) || samplePattern(u) {
		return false
	}
	for i := range len(u) {
		if !isAlnum(u[i]) && u[i] != '_' && u[i] != '-' {
			return false
		}
	}
	return mixed(u)
}

// findPrivateKeys gives private keys that have a body: a script may look for the header alone.
func findPrivateKeys(text string) []shapeHit {
	var hits []shapeHit
	if strings.Contains(text, "PRIVATE KEY") {
		for _, m := range privateKey.FindAllStringIndex(text, -1) {
			if keyBody(text[m[1]:min(len(text), m[1]+600)]) {
				hits = append(hits, shapeHit{m[0], m[1], rulePrivateKey})
			}
		}
	}
	if strings.Contains(text, "PuTTY-User-Key-File") && strings.Contains(text, "Private-Lines:") {
		for _, m := range puttyKey.FindAllStringIndex(text, -1) {
			hits = append(hits, shapeHit{m[0], m[1], rulePrivateKey})
		}
	}
	return hits
}

// keyBody reports whether text, which follows the first line of a key, begins with its base64 lines.
func keyBody(text string) bool {
	text = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n").Replace(text)
	for line := range strings.Lines(text) {
		line = strings.Trim(line, " \t\r\n\"'`#,+;*>\\()[]")
		if line == "" || strings.Contains(line, ": ") {
			continue
		}
		n := 0
		for n < len(line) && (isAlnum(line[n]) || line[n] == '+' || line[n] == '/') {
			n++
		}
		return n >= 20 && !samplePattern(line[:n])
	}
	return false
}

// findAuthHeaders gives authentication headers that come with a value.
func findAuthHeaders(text, lower string) []shapeHit {
	if !strings.Contains(lower, "authorization") && !strings.Contains(lower, "token") && !strings.Contains(lower, "key") {
		return nil
	}
	var hits []shapeHit
	for _, m := range authHeader.FindAllStringSubmatchIndex(text, -1) {
		if headerValue(text[m[6]:m[7]], m[4] >= 0) {
			hits = append(hits, shapeHit{m[6], m[7], ruleAuthHeader})
		}
	}
	return hits
}

// headerValue reports whether v, the value of an authentication header, is a secret. After a scheme such as Bearer
// anything of 8 characters is; without one it must not be a word, since the header's name occurs in sentences.
func headerValue(v string, scheme bool) bool {
	v = strings.Trim(v, ".[]")
	if len(v) < 8 || placeholder(v) || authSchemes.has(strings.ToLower(v)) || codeRef.MatchString(v) {
		return false
	}
	if _, err := base64.StdEncoding.DecodeString(v); scheme && err == nil {
		return true
	}
	return mixed(v) || scheme && !fieldName.MatchString(v) && len(v) >= 12
}
