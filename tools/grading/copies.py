"""Is an answer the course's own solution, but for names and comments?"""

import ast

LONG = 60  # nodes of the syntax tree: shorter functions are written alike by people who never met


def is_copy(node, reference):
    """Tell whether a function's syntax tree is that of the source text of a reference, whatever names it gives."""
    own, right = _shape(node), _shape(ast.parse(reference).body[0])
    return own == right and sum(1 for _ in ast.walk(ast.parse(reference))) >= LONG


def _shape(function):
    """Return a function without docstring, comments and annotations, its own names numbered as they come."""
    tree = ast.parse(ast.unparse(function)).body[0]
    if ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:]
    own = {arg.arg for arg in ast.walk(tree) if isinstance(arg, ast.arg)}
    own |= {name.id for name in ast.walk(tree) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    numbers = {}

    class Numbered(ast.NodeTransformer):
        def visit_Name(self, node):
            if node.id in own:
                node.id = numbers.setdefault(node.id, f"n{len(numbers)}")
            return node

        def visit_arg(self, node):
            node.arg, node.annotation = numbers.setdefault(node.arg, f"n{len(numbers)}"), None
            return node

    return ast.dump(Numbered().visit(tree))
