package liveresponse

import (
	"slices"
	"strings"
)

// registry is the registry of a Windows endpoint. It needs the lock of its machine.
type registry struct{ root *regKey }

type regKey struct {
	name   string
	keys   map[string]*regKey
	values map[string]*regValue
	closed bool // only the system may look inside
}

type regValue struct {
	name string
	kind string
	data any
}

func newRegKey(name string) *regKey {
	return &regKey{name: name, keys: map[string]*regKey{}, values: map[string]*regValue{}}
}

func newRegistry() *registry {
	r := &registry{root: newRegKey("")}
	for _, name := range []string{"HKEY_LOCAL_MACHINE", "HKEY_USERS", "HKEY_CLASSES_ROOT", "HKEY_CURRENT_CONFIG"} {
		r.root.keys[strings.ToLower(name)] = newRegKey(name)
	}
	return r
}

// parts takes a path apart and writes the root's short name out.
func (r *registry) parts(path string) []string {
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '\\' })
	if len(parts) == 0 {
		return nil
	}
	if long, ok := map[string]string{"hklm": "hkey_local_machine", "hku": "hkey_users", "hkcr": "hkey_classes_root", "hkcc": "hkey_current_config"}[strings.ToLower(parts[0])]; ok {
		parts[0] = long
	}
	return parts
}

// key finds a key.
func (r *registry) key(parts []string) (*regKey, failure) {
	k := r.root
	for _, p := range parts {
		if k = k.keys[strings.ToLower(p)]; k == nil {
			return nil, fileNotFound
		}
		if k.closed {
			return nil, accessDenied
		}
	}
	if k == r.root {
		return nil, invalidParameter
	}
	return k, 0
}

// value finds the key of a value and the value's name.
func (r *registry) value(path string) (*regKey, string, failure) {
	parts := r.parts(path)
	if len(parts) < 2 {
		return nil, "", invalidParameter
	}
	k, bad := r.key(parts[:len(parts)-1])
	return k, parts[len(parts)-1], bad
}

// make gives a key, and makes it and those above it when they are missing. made is false when it was there.
func (r *registry) make(path string) (k *regKey, made bool, bad failure) {
	parts := r.parts(path)
	if len(parts) == 0 {
		return nil, false, invalidParameter
	}
	k = r.root.keys[strings.ToLower(parts[0])]
	if k == nil {
		return nil, false, fileNotFound
	}
	for _, p := range parts[1:] {
		if k.closed {
			return nil, false, accessDenied
		}
		next := k.keys[strings.ToLower(p)]
		if made = next == nil; made {
			next = newRegKey(p)
			k.keys[strings.ToLower(p)] = next
		}
		k = next
	}
	return k, made, 0
}

// set puts a value there for the making of an endpoint.
func (r *registry) set(key, name, kind string, data any) {
	if k, _, bad := r.make(key); bad == 0 {
		k.values[strings.ToLower(name)] = &regValue{name, kind, data}
	}
}

func (v *regValue) doc() map[string]any {
	return map[string]any{"value_name": v.name, "value_type": v.kind, "value_data": v.data}
}

// regEnum lists what a key holds.
func (r *registry) enum(path string) (values []map[string]any, subKeys []string, bad failure) {
	k, bad := r.key(r.parts(path))
	if bad != 0 {
		return nil, nil, bad
	}
	values, subKeys = []map[string]any{}, []string{}
	for _, name := range sortedKeys(k.values) {
		values = append(values, k.values[name].doc())
	}
	for _, name := range sortedKeys(k.keys) {
		subKeys = append(subKeys, k.keys[name].name)
	}
	return values, subKeys, 0
}

// removeKey deletes a key that has none below it.
func (r *registry) removeKey(path string) failure {
	parts := r.parts(path)
	k, bad := r.key(parts)
	switch {
	case bad != 0:
		return bad
	case len(parts) < 2 || len(k.keys) > 0:
		return accessDenied
	}
	parent, _ := r.key(parts[:len(parts)-1])
	delete(parent.keys, strings.ToLower(parts[len(parts)-1]))
	return 0
}

// kinds are the types of values.
func knownKind(kind string) bool {
	return slices.Contains([]string{"REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ", "REG_DWORD", "REG_QWORD", "REG_BINARY", "REG_NONE"}, kind)
}
