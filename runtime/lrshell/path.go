package lrshell

import (
	"path"
	"strings"

	"github.com/cbscript/cbscript/client/liveresponse"
)

// paths knows how an endpoint writes paths. The zero value is that of a system with slashes.
type paths struct{ windows bool }

func pathsOf(system liveresponse.System) paths { return paths{system == liveresponse.Windows} }

// separator stands between the parts of a path.
func (p paths) separator() string {
	if p.windows {
		return `\`
	}
	return "/"
}

// separators are the characters that a person may write between the parts.
func (p paths) separators() string {
	if p.windows {
		return `\/`
	}
	return "/"
}

// abs gives the absolute path that text means in a directory: cleaned, and without a separator at its end unless it is a
// root. On Windows text may name a drive, "D:", or a share, `\\server\share`; what begins with a separator is on the drive,
// or the share, of the directory; "C:x" is in the directory when that is on C:, and else at the drive's root. A path
// that begins with `\\?\` or `\\.\` is left as it is, as Windows does.
func (p paths) abs(dir, text string) string {
	if !p.windows {
		if !strings.HasPrefix(text, "/") {
			text = dir + "/" + text
		}
		return path.Clean("/" + text)
	}
	if verbatim(text) {
		return text
	}
	text = strings.ReplaceAll(text, "/", `\`)
	root, rest := p.root(text)
	dirRoot, dirRest := p.root(dir)
	switch {
	case root == "" && strings.HasPrefix(text, `\`):
		root = dirRoot
	case root == "":
		root, rest = dirRoot, dirRest+`\`+text
	case !strings.HasPrefix(root, `\\`) && rest != "" && !strings.HasPrefix(rest, `\`) && strings.EqualFold(root, dirRoot):
		root, rest = dirRoot, dirRest+`\`+rest
	}
	parts := clean(rest)
	return root + `\` + strings.Join(parts, `\`)
}

// verbatim reports a path of Windows that is not to be interpreted.
func verbatim(text string) bool {
	return strings.HasPrefix(text, `\\?\`) || strings.HasPrefix(text, `\\.\`)
}

// root splits a path of Windows after its drive or share, which has no separator at its end. It is empty for a path that
// names none.
func (p paths) root(text string) (root, rest string) {
	if len(text) >= 2 && text[1] == ':' && (text[0]|0x20 >= 'a' && text[0]|0x20 <= 'z') {
		return strings.ToUpper(text[:1]) + ":", text[2:]
	}
	if verbatim(text) {
		return strings.TrimRight(text, `\`), ""
	}
	if !strings.HasPrefix(text, `\\`) {
		return "", text
	}
	server, rest, _ := strings.Cut(strings.TrimLeft(text, `\`), `\`)
	share, rest, _ := strings.Cut(strings.TrimLeft(rest, `\`), `\`)
	if server == "" || share == "" {
		return "", text
	}
	return `\\` + server + `\` + share, `\` + rest
}

// clean gives the parts of a path below its root, without those that lead back or nowhere.
func clean(rest string) []string {
	var parts []string
	for part := range strings.SplitSeq(rest, `\`) {
		switch part {
		case "", ".":
		case "..":
			parts = parts[:max(0, len(parts)-1)]
		default:
			parts = append(parts, part)
		}
	}
	return parts
}

// isAbs reports a path that needs no directory: of Windows, one with a drive or a share.
func (p paths) isAbs(text string) bool {
	if !p.windows {
		return strings.HasPrefix(text, "/")
	}
	root, rest := p.root(strings.ReplaceAll(text, "/", `\`))
	return root != "" && (rest == "" || rest[0] == '\\')
}

// join gives the path of a name in a directory.
func (p paths) join(dir, name string) string {
	return strings.TrimRight(dir, p.separators()) + p.separator() + name
}

// base is the last part of a path.
func (p paths) base(text string) string {
	text = strings.TrimRight(text, p.separators())
	return text[strings.LastIndexAny(text, p.separators())+1:]
}

// cut splits what a person typed into the directory, with the separator at its end, and the beginning of a name in it.
func (p paths) cut(text string) (dir, name string) {
	at := strings.LastIndexAny(text, p.separators()) + 1
	if at == 0 && p.windows && len(text) >= 2 && text[1] == ':' {
		at = 2
	}
	return text[:at], text[at:]
}

// isRoot reports the top of a drive, a share or a file system.
func (p paths) isRoot(dir string) bool { return p.abs(dir, "..") == dir }

// slashed reports a path that ends with a separator: it means a directory.
func (p paths) slashed(text string) bool {
	return text != "" && strings.ContainsAny(text[len(text)-1:], p.separators())
}

// key is the same for all ways to write a path in other cases of letters, where the system does not tell them apart.
func (p paths) key(dir string) string {
	if p.windows {
		return strings.ToLower(dir)
	}
	return dir
}

// equal compares names as the system does.
func (p paths) equal(a, b string) bool { return p.key(a) == p.key(b) }
