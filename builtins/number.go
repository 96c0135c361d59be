package builtins

import (
	"errors"
	"fmt"
	"math"
	"math/big"

	starlarkmath "go.starlark.net/lib/math"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// maxPowBits bounds the size of what pow gives, as the language bounds its shifts: a script must not be able to ask for a
// number of gigabytes in one step.
const maxPowBits = 1 << 16

func powBuiltin() Builtin {
	return function("pow", pow, "int or float",
		"Gives base to the power of exp, as base ** exp in Python; with mod, the remainder of that.",
		Param{Name: "base"}, Param{Name: "exp"}, Param{Name: "mod", Default: "None", Doc: "an int, for ints only"})
}

func sumBuiltin() Builtin {
	return function("sum", sum, "number", "Adds the items up, beginning with start.",
		Param{Name: "items", Doc: "numbers, or anything that + adds"}, Param{Name: "start", Default: "0"})
}

func sum(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var items starlark.Iterable
	var total starlark.Value = starlark.MakeInt(0)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "items", &items, "start?", &total); err != nil {
		return nil, err
	}
	for item := range starlark.Elements(items) {
		var err error
		if total, err = starlark.Binary(syntax.PLUS, total, item); err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
	}
	return total, nil
}

func pow(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var base, exp, mod starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "base", &base, "exp", &exp, "mod??", &mod); err != nil {
		return nil, err
	}
	v, err := power(base, exp, mod)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return v, nil
}

func power(base, exp, mod starlark.Value) (starlark.Value, error) {
	x, intBase := base.(starlark.Int)
	n, intExp := exp.(starlark.Int)
	if mod != nil {
		m, intMod := mod.(starlark.Int)
		if !intBase || !intExp || !intMod {
			return nil, errors.New("mod is for ints only")
		}
		return powerMod(x.BigInt(), n.BigInt(), m.BigInt())
	}
	if intBase && intExp && n.Sign() >= 0 {
		return powerInt(x.BigInt(), n)
	}
	f, ok1 := starlark.AsFloat(base)
	g, ok2 := starlark.AsFloat(exp)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("got %s and %s, want numbers", base.Type(), exp.Type())
	}
	if f == 0 && g < 0 {
		return nil, errors.New("0 cannot be raised to a negative power")
	}
	result := math.Pow(f, g)
	if math.IsNaN(result) && !math.IsNaN(f) && !math.IsNaN(g) {
		return nil, errors.New("a negative number has no fractional power")
	}
	return starlark.Float(result), nil
}

// powerInt returns x to the power of n, which is not negative.
func powerInt(x *big.Int, n starlark.Int) (starlark.Value, error) {
	e, ok := n.Int64()
	switch bits := int64(x.BitLen()); {
	case bits <= 1: // 0, 1 and -1 stay small, however large the exponent
		if n.Sign() > 0 {
			e = 2 - int64(n.BigInt().Bit(0))
		}
	case !ok || e > maxPowBits/(bits-1):
		return nil, fmt.Errorf("the result has more than %d bits", maxPowBits)
	}
	return starlark.MakeBigInt(x.Exp(x, big.NewInt(e), nil)), nil
}

func powerMod(x, n, m *big.Int) (starlark.Value, error) {
	if m.Sign() == 0 {
		return nil, errors.New("mod is 0")
	}
	if x.BitLen() > maxPowBits || n.BitLen() > maxPowBits || m.BitLen() > maxPowBits {
		return nil, fmt.Errorf("an argument has more than %d bits", maxPowBits)
	}
	if n.Sign() < 0 && new(big.Int).ModInverse(x, new(big.Int).Abs(m)) == nil {
		return nil, errors.New("base has no inverse for this mod")
	}
	r := new(big.Int).Exp(x, n, new(big.Int).Abs(m))
	if m.Sign() < 0 && r.Sign() != 0 {
		r.Add(r, m) // the sign of the divisor, as % has it
	}
	return starlark.MakeBigInt(r), nil
}

func mathModule() Builtin {
	members := make([]Builtin, 0, len(mathDocs))
	for name, v := range starlarkmath.Module.Members {
		doc := mathDocs[name]
		m := Builtin{Name: "math." + name, Doc: doc.text, Value: v}
		for _, p := range doc.params {
			m.Params = append(m.Params, Param{Name: p})
		}
		if m.IsFunction() {
			m.Returns = doc.returns
		}
		members = append(members, m)
	}
	return module("math", "Functions on numbers.", members...)
}

type mathDoc struct {
	params        []string
	returns, text string
}

// mathDocs describes the members of the interpreter's math module.
var mathDocs = map[string]mathDoc{
	"ceil":      {[]string{"x"}, "int", "The smallest integer that is not below x."},
	"copysign":  {[]string{"x", "y"}, "float", "The size of x with the sign of y."},
	"fabs":      {[]string{"x"}, "float", "The size of x without its sign."},
	"floor":     {[]string{"x"}, "int", "The largest integer that is not above x."},
	"mod":       {[]string{"x", "y"}, "float", "What is left of x after whole ys, with the sign of x."},
	"pow":       {[]string{"x", "y"}, "float", "x to the power of y."},
	"remainder": {[]string{"x", "y"}, "float", "What is left of x after the nearest whole number of ys."},
	"round":     {[]string{"x"}, "float", "The nearest integer; halves go away from zero."},
	"exp":       {[]string{"x"}, "float", "e to the power of x."},
	"sqrt":      {[]string{"x"}, "float", "The square root."},
	"acos":      {[]string{"x"}, "float", "The arc cosine, in radians."},
	"asin":      {[]string{"x"}, "float", "The arc sine, in radians."},
	"atan":      {[]string{"x"}, "float", "The arc tangent, in radians."},
	"atan2":     {[]string{"y", "x"}, "float", "The angle of the point (x, y), in radians."},
	"cos":       {[]string{"x"}, "float", "The cosine of an angle in radians."},
	"hypot":     {[]string{"x", "y"}, "float", "The length of the vector (x, y)."},
	"sin":       {[]string{"x"}, "float", "The sine of an angle in radians."},
	"tan":       {[]string{"x"}, "float", "The tangent of an angle in radians."},
	"degrees":   {[]string{"x"}, "float", "Radians in degrees."},
	"radians":   {[]string{"x"}, "float", "Degrees in radians."},
	"acosh":     {[]string{"x"}, "float", "The inverse hyperbolic cosine."},
	"asinh":     {[]string{"x"}, "float", "The inverse hyperbolic sine."},
	"atanh":     {[]string{"x"}, "float", "The inverse hyperbolic tangent."},
	"cosh":      {[]string{"x"}, "float", "The hyperbolic cosine."},
	"sinh":      {[]string{"x"}, "float", "The hyperbolic sine."},
	"tanh":      {[]string{"x"}, "float", "The hyperbolic tangent."},
	"log":       {[]string{"x", "base"}, "float", "The logarithm of x, to the base e unless another is given."},
	"gamma":     {[]string{"x"}, "float", "The gamma function."},
	"e":         {nil, "", "The base of natural logarithms."},
	"pi":        {nil, "", "The ratio of a circle's circumference to its diameter."},
}
