package liveresponse

import (
	"path"
	"slices"
	"strings"
	"time"
)

// disk is the file system of an endpoint. It needs the lock of its machine.
type disk struct {
	windows bool
	root    *node // the computer: its entries are the drives, or the top of the tree
}

// node is a file or a directory.
type node struct {
	name     string
	dir      bool
	hidden   bool
	locked   bool // held open by the system: cannot be read or removed
	closed   bool // only the system may look inside
	size     int64
	data     func() []byte // contents, nil for a directory
	created  time.Time
	written  time.Time
	accessed time.Time
	entries  map[string]*node // of a directory, by key
}

func newDisk(windows bool) *disk {
	d := &disk{windows: windows, root: &node{dir: true, entries: map[string]*node{}}}
	return d
}

// split takes a path apart. ok is false for one that is not absolute. slash says that the path ended with a separator.
func (d *disk) split(name string) (parts []string, slash, ok bool) {
	separators := "/"
	if d.windows {
		separators = `\/`
		if len(name) < 2 || name[1] != ':' {
			return nil, false, false
		}
	} else if !strings.HasPrefix(name, "/") {
		return nil, false, false
	}
	slash = name != "" && strings.ContainsRune(separators, rune(name[len(name)-1]))
	return strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(separators, r) }), slash, true
}

func (d *disk) key(name string) string {
	if d.windows {
		return strings.ToLower(name)
	}
	return name
}

// find walks to a node, nil when there is none.
func (d *disk) find(parts []string) *node {
	n := d.root
	for _, p := range parts {
		if n == nil || !n.dir {
			return nil
		}
		n = n.entries[d.key(p)]
	}
	return n
}

// lookup finds the node of a path, and tells why there is none.
func (d *disk) lookup(name string) (*node, failure) {
	parts, _, ok := d.split(name)
	if !ok {
		return nil, invalidName
	}
	for i := range parts {
		if n := d.find(parts[:i]); n != nil && n.closed {
			return nil, accessDenied
		}
	}
	if n := d.find(parts); n != nil {
		return n, 0
	}
	if parent := d.find(parts[:max(0, len(parts)-1)]); parent == nil || !parent.dir {
		return nil, pathNotFound
	}
	return nil, fileNotFound
}

// place finds the directory that a new entry goes into, and the entry's name.
func (d *disk) place(name string) (*node, string, failure) {
	parts, _, ok := d.split(name)
	if !ok || len(parts) == 0 || d.windows && len(parts) == 1 {
		return nil, "", invalidName
	}
	last := parts[len(parts)-1]
	if d.windows && strings.ContainsAny(last, `<>:"|?*`) {
		return nil, "", invalidName
	}
	parent := d.find(parts[:len(parts)-1])
	switch {
	case parent == nil || !parent.dir:
		return nil, "", pathNotFound
	case parent.closed:
		return nil, "", accessDenied
	}
	return parent, last, 0
}

// write puts a file there.
func (d *disk) write(name string, data []byte, now time.Time, overwrite bool) failure {
	parent, last, bad := d.place(name)
	if bad != 0 {
		return bad
	}
	if old := parent.entries[d.key(last)]; old != nil {
		switch {
		case old.dir, old.locked:
			return accessDenied
		case !overwrite:
			return fileExists
		}
	}
	parent.entries[d.key(last)] = &node{name: last, size: int64(len(data)), data: func() []byte { return data },
		created: now, written: now, accessed: now}
	return 0
}

// mkdir makes one directory.
func (d *disk) mkdir(name string, now time.Time) failure {
	parent, last, bad := d.place(name)
	if bad != 0 {
		return bad
	}
	if parent.entries[d.key(last)] != nil {
		return alreadyExists
	}
	parent.entries[d.key(last)] = &node{name: last, dir: true, entries: map[string]*node{}, created: now, written: now, accessed: now}
	return 0
}

// remove deletes a file or an empty directory.
func (d *disk) remove(name string) failure {
	n, bad := d.lookup(name)
	switch {
	case bad != 0:
		return bad
	case n.locked, n.closed:
		return accessDenied
	case n.dir && len(n.entries) > 0:
		return dirNotEmpty
	}
	parent, last, bad := d.place(name)
	if bad != 0 {
		return accessDenied // a drive
	}
	delete(parent.entries, d.key(last))
	return 0
}

// list gives what a path names: the entries of a directory when it ends with a separator, those that match when its last
// part is a pattern, and else the one entry.
func (d *disk) list(name string) ([]*node, failure) {
	parts, slash, ok := d.split(name)
	if !ok {
		return nil, invalidName
	}
	pattern := "*"
	if !slash && len(parts) > 0 {
		pattern, parts = parts[len(parts)-1], parts[:len(parts)-1]
	}
	dir := d.find(parts)
	switch {
	case dir == nil || !dir.dir:
		return nil, pathNotFound
	case dir.closed:
		return nil, accessDenied
	}
	var found []*node
	if pattern == "*" && len(parts) > 1 {
		found = append(found, dotted(dir, "."), dotted(dir, ".."))
	}
	for _, key := range sortedKeys(dir.entries) {
		if match, err := path.Match(escapeClass(d.key(pattern)), key); err == nil && match {
			found = append(found, dir.entries[key])
		}
	}
	if len(found) == 0 {
		return nil, fileNotFound
	}
	return found, 0
}

// escapeClass makes the brackets of a pattern plain: only * and ? mean something to Windows.
func escapeClass(pattern string) string {
	return strings.NewReplacer(`[`, `\[`, `]`, `\]`, `\`, `\\`).Replace(pattern)
}

func dotted(dir *node, name string) *node {
	n := *dir
	n.name = name
	return &n
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// doc is the entry of a directory listing.
func (n *node) doc() map[string]any {
	attributes := []string{}
	switch {
	case n.dir:
		attributes = append(attributes, "DIRECTORY")
	default:
		attributes = append(attributes, "ARCHIVE")
	}
	if n.hidden {
		attributes = append(attributes, "HIDDEN")
	}
	if n.locked {
		attributes = append(attributes, "SYSTEM")
	}
	return map[string]any{
		"filename": n.name, "attributes": attributes, "size": n.size, "alternate_name": "",
		"create_time": n.created.Unix(), "last_write_time": n.written.Unix(), "last_access_time": n.accessed.Unix(),
	}
}
