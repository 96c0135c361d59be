package check

import (
	"strings"
	"sync"
)

// wordSet is a set of words, which is made when the first word is looked for: a program that checks no script should not
// wait for it. It is safe for concurrent use.
type wordSet struct{ made func() map[string]bool }

// words makes a set of the words of a list, which have spaces between them.
func words(list string) wordSet {
	return wordSet{sync.OnceValue(func() map[string]bool {
		set := map[string]bool{}
		for w := range strings.FieldsSeq(list) {
			set[w] = true
		}
		return set
	})}
}

func (s wordSet) has(word string) bool { return s.made()[word] }
