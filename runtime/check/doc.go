// Package check judges a script before it is shared: it finds embedded credentials and says where they stand and how
// to mend them, and it reads from the text alone what the script will touch. It never runs the script.
//
//	report, err := check.Script("hunt.star", source, check.Options{})
//	if err == nil && !report.OK() {
//		for _, f := range report.Findings {
//			fmt.Println(f)
//		}
//	}
//
// Start at [Script] for one script, at [Dir] or [Paths] for a bundle with its other files, and at [Rules] for the
// rules. Package runtime/check/report writes the result as text, JSON or SARIF.
//
// # How a value is judged
//
// The syntax tree is judged, not the lines. Each string and bytes literal, and each expression that is a constant
// (joined with +, %, format or join, sliced, reversed, decoded from base64 or hex, or made of names that are bound to
// constants), is judged with its context: the assigned name, the keyword, the dict key, the called function and the
// position, the neighbours in the same list, the text before it, and the places where a name bound to it is used.
// Comments and docstrings are judged as text by the same rules. In this order:
//
//  1. the values of the author's own profiles, in several encodings ([Options].Known);
//  2. shapes that only a credential has: a Cb Defense key with its connector id, a URL with a password, a private key,
//     an X-Auth-Token header with a value, and the prefixed tokens of clouds, chats and source hosts;
//  3. any literal handed to a parameter that takes a credential;
//  4. 40 hex digits and GUIDs, which are tokens and indicators both: the context decides, and where it says nothing
//     the value is refused with a way to say what it is;
//  5. any other literal under a name of a credential.
//
// Entropy is not used: a random token and a random hash have the same.
//
// # What it cannot see
//
//   - A Response token that the script calls an indicator (sha1_x = "…", or one of three in a list) looks like a SHA-1.
//     Only Known finds it.
//   - Encodings are undone one level: base64 in base64, compression, XOR and home-made codes pass, but for Known values.
//   - 32 and 64 hex digits are refused only under a credential's name, since they are MD5 and SHA-256.
//   - A password in free text ("the password is hunter") is found when it does not look like a word. An argument of a
//     command line inside a query is an attacker's and never is, nor is one behind a switch such as /password:.
//   - In files that are not scripts, bare 40 hex digits and GUIDs pass, and nothing is decoded but for known values.
//   - A value that comes from a call, a file or another module is not followed.
//   - A needed capability is found by the name of the method or field. A script can reach a method without naming it
//     only through getattr with a computed name, which is reported and counts as needing everything.
//
// Everything here is safe for concurrent use, reads no environment and touches no network.
package check
