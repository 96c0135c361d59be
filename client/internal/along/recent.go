package along

// Recent remembers the youngest entries, most of them at once. It is not safe for concurrent use.
type Recent[K comparable, V any] struct {
	most  int
	m     map[K]V
	order []K // a ring, whose oldest entry is at first
	first int
}

// NewRecent makes a memory of most entries.
func NewRecent[K comparable, V any](most int) *Recent[K, V] {
	return &Recent[K, V]{most: most, m: map[K]V{}}
}

// Get gives an entry that is remembered.
func (r *Recent[K, V]) Get(key K) (V, bool) {
	v, ok := r.m[key]
	return v, ok
}

// Put remembers an entry, in the place of the oldest one if need be, or another value of one that is remembered.
func (r *Recent[K, V]) Put(key K, v V) {
	if _, known := r.m[key]; !known {
		if len(r.order) < r.most {
			r.order = append(r.order, key)
		} else {
			delete(r.m, r.order[r.first])
			r.order[r.first] = key
			r.first = (r.first + 1) % r.most
		}
	}
	r.m[key] = v
}
